import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn } from "./browser";
import { Server } from "./server";

let server: Server;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  watched = await open(browser, server, { width: 1440, height: 900 });
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

type Wallet = { balance: string; settings: Record<string, unknown> };

const wallet = () => server.ask("GET", "/tenants/demo/credits") as Promise<Wallet>;

test("the seventh step leads to credits, where what was paid in is booked once and adjusted", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/home");
  await page.getByRole("link", { name: "Show credits" }).click();
  await page.getByText("$25.00").first().waitFor();
  await page.getByRole("button", { name: "Top up" }).click();
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Amount/).fill("10.00");
  await panel.getByLabel("Note").fill("invoice 1042");
  await panel.getByRole("button", { name: "Top up" }).click();
  await page.getByText("$35.00").first().waitFor();
  await page.getByRole("button", { name: "Adjust" }).click();
  await panel.getByLabel(/^Amount/).fill("-50.00");
  await panel.getByLabel(/^Reason/).fill("booked twice");
  await panel.getByRole("button", { name: "Adjust" }).click();
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel(/^Amount/).fill("-5.00");
  await panel.getByRole("button", { name: "Adjust" }).click();
  await page.getByText("$30.00").first().waitFor();
  await picture(page, "credits");
  expect(await axe(page)).toEqual([]);
  expect((await wallet()).balance).toBe("30.00");

  await page.getByRole("link", { name: "2", exact: true }).click();
  await panel.getByRole("cell", { name: "Credit", exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a voucher is redeemed, and one that nobody made is refused", async () => {
  const { page } = watched;
  const made = (await server.ask("POST", "/credit-vouchers", { amount: "20.00", currency: "USD", count: 1 })) as { items: { code: string }[] };
  await page.goto("/t/demo/credits?open=redeem");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Code/).fill("AAAA-BBBB-CCCC-DDDD");
  await panel.getByRole("button", { name: "Redeem a voucher" }).click();
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel(/^Code/).fill(made.items[0]?.code ?? "");
  await panel.getByRole("button", { name: "Redeem a voucher" }).click();
  await page.getByText("$50.00").first().waitFor();
  await page.getByRole("tab", { name: "Credit that came in" }).click();
  await page.getByText("Voucher", { exact: true }).waitFor();
});

test("limits are set, and only what was changed is sent", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/credits?about=settings");
  await page.getByLabel("Most that one person spends in a month").fill("20.00");
  await page.getByLabel("When nothing is left during a call").selectOption("finish_call");
  await page.getByLabel("Goes on for seconds at most").fill("600");
  await page.getByLabel("Owed for it at most").fill("1.00");
  await picture(page, "credit-settings");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await wallet()).settings).toMatchObject({
    person_limit: "20.00",
    low_balance: "5.00",
    on_exhaustion: { action: "finish_call", seconds_max: 600, debt_max: "1.00" },
  });
  await page.getByLabel("Dearest minute").fill("a lot");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
  expect(wrongs).toEqual([]);
});

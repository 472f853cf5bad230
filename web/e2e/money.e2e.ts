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
  // What was saved is read again, and would take the place of what is typed meanwhile.
  await page.goto("/t/demo/credits?about=settings");
  await page.getByLabel("Dearest minute").fill("a lot");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
  expect(wrongs).toEqual([]);
});

test("a bank transfer is given back in part, and has a credit note among the invoices", async () => {
  const { page, wrongs } = watched;
  const payments = "/tenants/demo/credits/payments";
  // A credit note needs names to write on it.
  const party = (name: string) => ({ name, street: "1 Example Street", postal_code: "10115", city: "Berlin", country: "DE", tax_id: "DE123456789" });
  await server.ask("PATCH", "/tenants/demo/credits", { billing: { monthly: false, seller: party("Telephone Inc."), buyer: party("Demo Inc."), taxes: [] } });
  const asked = (await server.ask("POST", payments, { kind: "bank_transfer", amount: "40.00" })) as { id: string };
  await server.ask("POST", `${payments}/${asked.id}/confirm`, { amount: "40.00" });
  const before = (await wallet()).balance;
  await page.goto(`/t/demo/payments?open=${asked.id}`);
  const panel = page.getByRole("dialog");
  await panel.getByRole("button", { name: "Give money back" }).click();
  await panel.getByText("send the money yourself", { exact: false }).waitFor();
  await panel.getByLabel(/^Amount/).fill("40.01");
  await panel.getByRole("button", { name: "Give back", exact: true }).click();
  // Never more goes back than came in.
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel(/^Amount/).fill("15.00");
  await picture(page, "payment-back");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Give back", exact: true }).click();
  await page.getByRole("row").getByText("Given back in part").waitFor();
  expect(Number(before) - Number((await wallet()).balance)).toBe(15);

  await panel.getByRole("link", { name: "Show its credit notes" }).click();
  await page.getByRole("heading", { level: 1, name: "Invoices" }).waitFor();
  await page.getByRole("row").getByText("Credit note", { exact: true }).waitFor();
  await page.getByRole("row").getByRole("link").click();
  await panel.getByRole("link", { name: "Show the payment that it is for" }).waitFor();
  await picture(page, "credit-note");
  expect(await axe(page)).toEqual([]);
  const kept = page.waitForEvent("download");
  await panel.getByRole("link", { name: "Download as PDF" }).click();
  expect((await kept).suggestedFilename()).toMatch(/\.pdf$/);
  expect(wrongs).toEqual([]);
});

test("how calls are warned, and whether a refusal is spoken, is chosen", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/credits?about=settings");
  await page.getByLabel(/^How calls are warned/).selectOption("announcement");
  await page.getByLabel(/^When nobody pays/).selectOption("off");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await wallet()).settings).toMatchObject({ warning: "announcement", refusal: "off" });
  await picture(page, "credit-settings");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

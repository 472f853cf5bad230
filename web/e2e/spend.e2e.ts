import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn, wrongInGerman } from "./browser";
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

const DECK = "prefix,price,destination,country\n49,0.02,Germany,DE\n4915,0.05,Germany mobile,DE\n";

test("a deck is tried, taken, and its next version compared", async () => {
  const { page, wrongs } = watched;
  await page.goto("/tenants");
  await page.getByRole("link", { name: "Rate decks" }).click();
  await page.getByRole("button", { name: "Import a rate deck" }).first().click();
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("wholesale");
  await panel.getByLabel(/^Or paste/).fill("prefix,price\nfifty,0.02\n");
  await panel.getByRole("button", { name: "Try, and change nothing" }).click();
  // What is wrong is told by its line, and nothing is taken.
  await panel.getByRole("alert").getByText("line 2", { exact: false }).first().waitFor();
  await panel.getByLabel(/^Or paste/).fill(DECK);
  await panel.getByRole("button", { name: "Try, and change nothing" }).click();
  await panel.getByText("wholesale would be version 1, with 2 rows").waitFor();
  await picture(page, "rate-deck-import");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Import it as version 1" }).click();
  await panel.getByText("wholesale is version 1 now").waitFor();
  await panel.getByLabel(/^Or paste/).fill(DECK.replace("0.05", "0.07"));
  await panel.getByRole("button", { name: "Try, and change nothing" }).click();
  await panel.getByRole("button", { name: "Import it as version 2" }).click();
  await panel.getByText("wholesale is version 2 now").waitFor();
  await panel.getByRole("button", { name: "Close" }).click();

  await page.goto("/provider/rate-decks?q=wholesale&sort=-version");
  await page.getByRole("link", { name: "wholesale" }).first().click();
  await panel.getByLabel(/^Number, or/).fill("+4915112345678");
  await panel.getByRole("button", { name: "Look" }).click();
  await panel.getByRole("region", { name: "What is in it" }).getByText("$0.07").waitFor();
  await panel.getByRole("button", { name: "Tell what differs" }).click();
  const difference = panel.getByRole("region", { name: "Compare with" });
  await difference.getByText("Changed", { exact: true }).waitFor();
  expect(await difference.innerText()).toMatch(/4915\s+Changed\s+\$0\.05\s+\$0\.07/);
  await picture(page, "rate-deck");
  expect(await axe(page)).toEqual([]);
  const kept = page.waitForEvent("download");
  await panel.getByRole("button", { name: "As CSV" }).click();
  expect((await kept).suggestedFilename()).toBe("wholesale-2.csv");
  expect(wrongs).toEqual([]);
});

test("vouchers are made, their codes shown once, and one that is redeemed says by whom", async () => {
  const { page, wrongs } = watched;
  await page.goto("/provider/vouchers?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Amount/).fill("12.50");
  await panel.getByLabel("How many").fill("2");
  await panel.getByRole("button", { name: "Make vouchers" }).click();
  await page.getByText("2 vouchers were made").waitFor();
  const codes = (await page.locator("pre").innerText()).trim().split("\n");
  expect(codes).toHaveLength(2);
  await server.ask("POST", "/tenants/demo/credits/top-up", { voucher: codes[0] });
  await page.reload();
  await page.getByText("Redeemed", { exact: true }).nth(1).waitFor();
  expect(await page.locator("body").innerText()).not.toContain(codes[1]);
  await page.getByRole("row").filter({ hasText: "Redeemed" }).getByText("$12.50").first().waitFor();
  await picture(page, "vouchers");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a price says who pays, and why nobody does", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/price");
  await page.getByLabel(/^Number that is called/).fill("+49 30 123456");
  await page.getByRole("combobox", { name: "Who calls" }).click();
  await page.getByRole("option", { name: /Alice Adams/ }).click();
  await page.getByRole("button", { name: "Tell the price" }).click();
  const told = page.getByRole("region", { name: "What a call costs" });
  await told.getByRole("status").waitFor();
  const price = (await server.ask("GET", "/tenants/demo/credits/price/+4930123456?from=101")) as { words: string; paid_by: string[] };
  expect((await told.getByRole("status").innerText()).toLowerCase()).toContain(price.words.toLowerCase());
  // Alice's plan has no minutes for calls abroad, so credits pay.
  expect(price.paid_by).toEqual(["credits"]);
  await told.getByText("Credits", { exact: true }).waitFor();
  await picture(page, "price-told");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel(/^Number that is called/).fill("12");
  await page.getByRole("button", { name: "Tell the price" }).click();
  await page.getByRole("alert").waitFor();
  expect(wrongs).toEqual([]);
});

test("what calls cost is added up by person and by destination, and told call by call", async () => {
  const { page, wrongs } = watched;
  const { items } = (await server.ask("GET", "/tenants/demo/users?extension=101")) as { items: { id: string }[] };
  const alice = items[0]?.id ?? "";
  const line = { calls: 3, seconds: 125, amount: "1.50" };
  await page.route(/\/credits\/usage\?/, (route) => {
    const by = new URL(route.request().url()).searchParams.get("by");
    const key = by === "person" ? alice : "Germany";
    return route.fulfill({ json: { items: [{ ...line, key }, { ...line, key: null, amount: "0.50" }] } });
  });
  const charge = {
    call: "0192f0c1-0000-7000-8000-000000000001",
    answered_at: "2026-05-04T10:00:00Z",
    direction: "outbound",
    from: "101",
    to: "+4930123456",
    user: alice,
    destination: "Germany",
    currency: "USD",
    seconds: 125,
    finished: true,
    unrated: false,
    amount: "0.02",
    segments: [
      { no: 1, from_second: 0, to_second: 60, billed_seconds: 60, source: "pool", plan: "DOM", amount: "0.00" },
      { no: 2, from_second: 60, to_second: 125, billed_seconds: 120, source: "credits", amount: "0.02" },
    ],
  };
  await page.route(/\/credits\/charges(\?|$)/, (route) => route.fulfill({ json: { items: [charge] } }));
  await page.goto("/t/demo/spend");
  await page.getByText("$2.00").first().waitFor();
  await page.getByRole("row").filter({ hasText: "Germany" }).getByText("75.0 %").waitFor();
  await page.getByLabel("Added up by").selectOption("person");
  await page.getByRole("link", { name: "Alice Adams (101)" }).waitFor();
  await page.getByRole("link", { name: "Not known" }).waitFor();
  await picture(page, "spend-person");
  expect(await axe(page)).toEqual([]);

  await page.getByRole("tab", { name: "Call by call" }).click();
  await page.getByRole("row").filter({ hasText: "+4930123456" }).getByRole("link").click();
  const paid = page.getByRole("dialog").getByRole("region", { name: "Who paid which seconds" });
  await paid.getByText("Minutes of a plan (DOM)").waitFor();
  await paid.getByText("Credits", { exact: true }).waitFor();
  await picture(page, "charge");
  expect(await axe(page)).toEqual([]);
  await page.goto("/t/demo/spend?about=minutes");
  await page.getByRole("row").nth(1).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("the pages of money say the same in German", async () => {
  const wrongs = await wrongInGerman(browser, server, [
    ["/t/demo/spend", "Ausgaben"],
    ["/t/demo/price", "Was ein Anruf kostet"],
    ["/provider/rate-decks?open=new", "Preislisten"],
    ["/provider/vouchers?open=new", "Gutscheine"],
  ]);
  expect(wrongs).toEqual([]);
});

test("calls are rated again by another deck, which changes nothing", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/spend?about=rerate");
  const deck = page.getByRole("combobox", { name: /^Rate deck/ });
  await deck.fill("nobody knows it");
  await page.getByRole("button", { name: "Rate again" }).click();
  await page.getByRole("alert").waitFor();
  await deck.fill("demo");
  await page.getByRole("button", { name: "Rate again" }).click();
  await page.getByRole("heading", { name: "What calls would have cost" }).waitFor();
  await picture(page, "rerate");
  expect(await axe(page)).toEqual([]);
  for (const [by, title] of [["department", "Department"], ["site", "Site"], ["account", "Service"], ["tag", "Tag of the number"]] as const) {
    await page.goto(`/t/demo/spend?by=${by}`);
    await page.getByRole("columnheader", { name: title }).waitFor();
  }
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

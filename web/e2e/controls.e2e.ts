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

type List<T> = { items: T[] };

const list = async <T>(path: string) => ((await server.ask("GET", `/tenants/demo/credits/${path}`)) as List<T>).items;

test("a budget is made for a person, changed and deleted", async () => {
  const { page, wrongs } = watched;
  const budgets = () => list<{ name: string; scope: string; limit: string; blocks: boolean }>("budgets");
  // What is spent of budgets is known a moment after the start.
  expect(await budgets()).toEqual([]);
  await page.goto("/t/demo/budgets?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Alice abroad");
  await panel.getByLabel("Whose spending").selectOption("person");
  await panel.getByRole("combobox", { name: "Person" }).click();
  await page.getByRole("option", { name: /Alice Adams/ }).click();
  await panel.getByLabel(/^Amount/).fill("nothing");
  await panel.getByRole("button", { name: "Add a budget" }).click();
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel(/^Amount/).fill("12.50");
  await picture(page, "budget-new");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Add a budget" }).click();
  const row = page.getByRole("row").filter({ hasText: "Alice abroad" });
  await row.getByText("Person: Alice Adams (101)").waitFor();
  await row.getByText("$12.50").first().waitFor();

  await row.getByRole("link").click();
  await panel.getByRole("checkbox", { name: "Stops calls" }).uncheck();
  await panel.getByRole("button", { name: "Save" }).click();
  await expect.poll(budgets).toMatchObject([{ name: "Alice abroad", limit: "12.50", blocks: false }]);
  await page.goto("/t/demo/budgets?open=Alice+abroad");
  await panel.getByLabel("Whose spending").waitFor();
  await picture(page, "budget");
  await panel.getByRole("button", { name: "Delete the budget" }).click();
  await panel.getByRole("button", { name: "Delete the budget" }).click();
  await page.getByText("There are no budgets", { exact: false }).waitFor();
  expect(await budgets()).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a rule against fraud is tried on the last 30 days before it is made", async () => {
  const { page, wrongs } = watched;
  await page.route(/\/credits\/fraud-trial$/, (route) =>
    route.fulfill({
      json: {
        since: "2026-04-04T10:00:00Z",
        until: "2026-05-04T10:00:00Z",
        calls: 40,
        refused: 1,
        saved: "3.20",
        examples: [{ at: "2026-05-04T03:00:00Z", user: null, to: "+4490012345", amount: "3.20", why: "calls to premium numbers are stopped" }],
      },
    }),
  );
  await page.goto("/t/demo/fraud-rules?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Premium");
  await panel.getByRole("combobox", { name: "Kinds of numbers" }).click();
  await page.getByRole("option", { name: "Premium" }).click();
  await page.keyboard.press("Escape");
  await panel.getByRole("button", { name: "Try it on the last 30 days" }).click();
  await panel.getByText("It would have refused 1 of 40 calls, which cost $3.20.").waitFor();
  await panel.getByRole("cell", { name: "Calls to premium numbers are stopped." }).waitFor();
  await picture(page, "fraud-trial");
  expect(await axe(page)).toEqual([]);
  await page.unroute(/\/credits\/fraud-trial$/);
  await panel.getByRole("button", { name: "Try it on the last 30 days" }).click();
  // The real server has no paid calls yet.
  await panel.getByText("It would have refused 0 of 0 calls", { exact: false }).waitFor();
  await panel.getByRole("checkbox", { name: "Only when they are too many" }).check();
  await panel.getByLabel("More calls than").fill("5");
  await panel.getByRole("button", { name: "Add a rule" }).click();
  await page.getByRole("row").filter({ hasText: "Premium" }).getByText("Off").waitFor();
  expect(await list("fraud-rules")).toMatchObject([
    { name: "Premium", enabled: false, calls: { kinds: ["premium"] }, velocity: { per: "person", seconds: 3600, calls_max: 5 } },
  ]);
  expect(wrongs).toEqual([]);
});

test("a bank transfer is asked for, and booked when it arrived", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/payments?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Amount/).fill("50.00");
  await panel.getByRole("button", { name: "Pay in" }).click();
  // This server has no card provider, and says so.
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel("How").selectOption("bank_transfer");
  await panel.getByRole("button", { name: "Pay in" }).click();
  await panel.getByText("on the bank transfer", { exact: false }).waitFor();
  await picture(page, "payment");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Book what arrived" }).click();
  await panel.getByText("Paid", { exact: true }).waitFor();
  expect(await list("payments")).toMatchObject([{ kind: "bank_transfer", state: "succeeded", amount: "50.00" }]);
  await page.goto("/t/demo/credits?about=lots");
  await page.getByText("Bank transfer", { exact: true }).first().waitFor();
  expect(wrongs).toEqual([]);
});

test("the balance fills itself up only with a card that was kept", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/credits?about=recharge");
  await page.getByText("No card is kept", { exact: false }).waitFor();
  await page.getByRole("checkbox", { name: "Fill the balance up by itself" }).check();
  await page.getByLabel(/^When it is below/).fill("5.00");
  await page.getByLabel(/^Charge each time/).fill("20.00");
  await page.getByLabel(/^At most in a month/).fill("100.00");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("checkbox", { name: "Fill the balance up by itself" }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await picture(page, "recharge");
  expect(await axe(page)).toEqual([]);
  expect(await server.ask("GET", "/tenants/demo/credits")).toMatchObject({ settings: { auto_recharge: { enabled: false, trigger: "5.00" } } });
  expect(wrongs).toEqual([]);
});

test("who sells and who buys stands on an invoice, which is kept as PDF and as UBL", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/credits?about=billing");
  const seller = page.getByRole("group", { name: "Who sells" });
  const buyer = page.getByRole("group", { name: "Who buys" });
  await seller.getByLabel("Name").fill("Example Telecom");
  await seller.getByLabel(/^Country/).fill("US");
  await buyer.getByLabel("Name").fill("Demo Inc");
  await buyer.getByLabel(/^Country/).fill("US");
  await page.getByRole("button", { name: "Add a tax" }).click();
  await page.getByLabel("Name of the tax").fill("Sales tax");
  await page.getByLabel("Percent").fill("7.75");
  await picture(page, "billing");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.", { exact: false }).waitFor();
  expect(await server.ask("GET", "/tenants/demo/credits")).toMatchObject({
    settings: { billing: { seller: { name: "Example Telecom" }, taxes: [{ name: "Sales tax", percent: "7.75" }] } },
  });

  const invoice = {
    id: "0192f0c1-0000-7000-8000-000000000009",
    number: "2026-0001",
    issued_at: "2026-05-01T10:00:00Z",
    first_day: "2026-04-01",
    last_day: "2026-04-30",
    currency: "USD",
    lines: [{ destination: "Germany", calls: 3, seconds: 125, amount: "1.50" }],
    sum: "1.50",
    paid_from_credit: "0.50",
    net: "1.00",
    taxes: [{ name: "Sales tax", percent: "7.75", amount: "0.08" }],
    gross: "1.08",
  };
  await page.route(/\/credits\/invoices(\?|$)/, (route) =>
    route.request().method() === "GET" ? route.fulfill({ json: { items: [invoice] } }) : route.fallback(),
  );
  await page.goto(`/t/demo/invoices?open=${invoice.id}`);
  const panel = page.getByRole("dialog");
  await panel.getByText("$1.08").waitFor();
  await panel.getByText("Sales tax 7.75 %: $0.08").waitFor();
  await picture(page, "invoice");
  expect(await axe(page)).toEqual([]);
  for (const [name, form] of [
    ["Download as PDF", "pdf"],
    ["Download for programs (UBL)", "ubl"],
  ] as const) {
    const link = panel.getByRole("link", { name });
    expect(await link.getAttribute("href")).toBe(`/api/v1/tenants/demo/credits/invoices/${invoice.id}/${form}`);
  }
  // No call of the last month cost anything, and the server says so.
  await page.goto("/t/demo/invoices?open=new");
  await panel.getByRole("button", { name: "Issue an invoice" }).click();
  await panel.getByRole("alert").waitFor();
  expect(wrongs).toEqual([]);
});

test("the pages of limits and bills say the same in German", async () => {
  const wrongs = await wrongInGerman(browser, server, [
    ["/t/demo/budgets?open=new", "Budgets"],
    ["/t/demo/fraud-rules?open=new", "Gegen Betrug"],
    ["/t/demo/payments?open=new", "Zahlungen"],
    ["/t/demo/invoices?open=new", "Rechnungen"],
    ["/t/demo/credits?about=billing", "Guthaben"],
  ]);
  expect(wrongs).toEqual([]);
});

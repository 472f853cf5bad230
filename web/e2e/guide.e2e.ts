import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROVIDER_SECTIONS, SECTIONS } from "../src/paths";
import { axe } from "./axe";
import { type Watched, launch, open, picture, settled, signIn } from "./browser";
import { Caller } from "./caller";
import { Server } from "./server";

const GUIDE = new URL("../../docs/guide", import.meta.url).pathname;

let server: Server;
let browser: Browser;
let watched: Watched;
let attendant: string;

type Items<T> = { items: T[] };

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  const { items } = (await server.ask("GET", "/tenants/demo/auto-attendants")) as Items<{ id: string }>;
  attendant = items[0]?.id ?? "";
  await server.ask("POST", "/tenants/demo/sites", { name: "Seattle", country: "US", time_zone: "America/Los_Angeles", emergency_location: "400 Pine Street, Seattle" });
  await server.ask("POST", "/tenants/demo/schedules", { name: "Nights", rule: { type: "weekly", monday: [{ start: "18:00", end: "00:00" }] } });
  await server.ask("POST", "/tenants/demo/pstn-usages", { name: "Domestic" });
  await server.ask("POST", "/tenants/demo/flow-tests/generate", { app: { type: "auto_attendant", id: attendant } });
  await limitsAndPlaces();
  await someCalls();
  watched = await open(browser, server);
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

/** Something to be seen on the pages of money and places. */
async function limitsAndPlaces(): Promise<void> {
  await server.ask("PUT", "/tenants/demo/credits/budgets/Reception", { scope: "department:Reception", limit: "50.00", every: "month" });
  await server.ask("PUT", "/tenants/demo/credits/fraud-rules/Premium", {
    enabled: true,
    calls: { kinds: ["premium"] },
    velocity: { per: "person", seconds: 3600, calls_max: 5 },
  });
  await server.ask("POST", "/tenants/demo/credits/payments", { kind: "bank_transfer", amount: "50.00" });
  await server.ask("POST", "/tenants/demo/call-blocks", { name: "Premium abroad", pattern: "^\\+4490" });
  await server.ask("POST", "/tenants/demo/unassigned-numbers", {
    name: "Old office",
    pattern: "^\\+1206555\\d{4}$",
    target: { type: "announcement", prompt: { type: "text", text: "Nobody is here any more." } },
  });
  await server.ask("POST", "/tenants/demo/civic-addresses", { name: "Head office", company_name: "Demo", country: "US", house_number: "350", street_name: "Example Avenue", city: "New York" });
}

/** Calls for reports to tell of. */
async function someCalls(): Promise<void> {
  const caller = await Caller.open(server.sip);
  await server.ask("POST", "/tenants/demo/trunks", { name: "outside", host: "127.0.0.1", sources: [caller.address] });
  for (const number of ["+14255550110", "+14255550120", "+14255550110", "+14255550100"]) {
    const each = caller.again();
    each.call("+12065550123", number);
    await each.answered;
    let live: { id: string }[] = [];
    while (live.length === 0) live = ((await server.ask("GET", "/tenants/demo/calls")) as Items<{ id: string }>).items;
    await server.ask("POST", `/tenants/demo/calls/${live[0]?.id}/hangup`);
    await each.ended;
    while ((((await server.ask("GET", "/tenants/demo/calls")) as Items<unknown>).items).length > 0) await new Promise((wake) => setTimeout(wake, 50));
  }
  caller.close();
}

/** What is done on a page before its picture is taken. */
const BEFORE: Partial<Record<string, (page: Page) => Promise<void>>> = {
  reports: (page) => page.goto("/t/demo/reports?span=today").then(() => page.getByRole("img").first().waitFor()),
  explain: async (page) => {
    await page.getByLabel("What is called").fill("+14255550100");
    await page.getByLabel("Keys", { exact: true }).fill("1");
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText("Bob Brown talks with the caller", { exact: false }).waitFor();
  },
  people: async (page) => {
    await page.getByLabel("Choose Alice Adams").check();
    await page.getByLabel("Choose Bob Brown").check();
  },
  price: async (page) => {
    await page.getByLabel(/^Number that is called/).fill("+4930123456");
    await page.getByRole("button", { name: "Tell the price" }).click();
    await page.getByRole("status").filter({ hasText: "Germany" }).waitFor();
  },
  policies: (page) => page.getByRole("link", { name: "Global" }).click().then(() => page.getByRole("dialog").getByLabel(/^Name/).waitFor()),
};

test.each(SECTIONS)("a picture of %s is in the guide", async (section) => {
  const { page } = watched;
  await page.goto(`/t/demo/${section}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  await BEFORE[section]?.(page);
  await picture(page, section);
  expect(await guide()).toContain(`(pictures/${section}.png)`);
});

test.each(PROVIDER_SECTIONS)("a picture of %s of the server is in the guide", async (section) => {
  const { page } = watched;
  await page.goto(`/provider/${section}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  await picture(page, `provider-${section}`);
  expect(await guide()).toContain(`(pictures/provider-${section}.png)`);
});

/** All that the guide says. */
async function guide(): Promise<string> {
  const names = (await readdir(GUIDE)).filter((name) => name.endsWith(".md"));
  return (await Promise.all(names.map((name) => readFile(join(GUIDE, name), "utf8")))).join("\n");
}

test("a picture of one's own account", async () => {
  const { page, wrongs } = watched;
  await page.goto("/account");
  await page.getByText("This one").waitFor();
  await picture(page, "account");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("pictures of a call flow, as it is drawn, tried and tested", async () => {
  const { page, wrongs } = watched;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/t/demo/attendants/${attendant}/flow`);
  await page.locator(".react-flow__node").first().waitFor();
  await settled(page);
  await picture(page, "flow");
  await page.getByRole("tab", { name: "Try" }).click();
  await page.getByLabel("Keys", { exact: true }).fill("1");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("list", { name: "Step by step" }).waitFor();
  await picture(page, "flow-tried");
  await page.getByRole("tab", { name: "Tests" }).click();
  await page.getByRole("button", { name: "Run all" }).click();
  await page.getByText("16 of 16 passed").waitFor();
  await picture(page, "flow-tested");
  await page.getByText("List", { exact: true }).click();
  await picture(page, "flow-list");
  expect(wrongs).toEqual([]);
});

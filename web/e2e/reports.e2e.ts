import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn } from "./browser";
import { Caller } from "./caller";
import { Server } from "./server";

const N_CALLS = 3;

let server: Server;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  const caller = await Caller.open(server.sip);
  await server.ask("POST", "/tenants/demo/trunks", { name: "outside", host: "127.0.0.1", sources: [caller.address] });
  for (let call = 0; call < N_CALLS; call += 1) {
    const each = call === 0 ? caller : caller.again();
    each.call("+12065550123", "+14255550110");
    await each.answered;
    await until(1);
    await server.ask("POST", `/tenants/demo/calls/${(await liveCalls())[0]?.id}/hangup`);
    await each.ended;
    await until(0);
  }
  caller.close();
  watched = await open(browser, server, { width: 1440, height: 900 });
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

/** Waits until so many calls go on. */
async function until(n: number): Promise<void> {
  while ((await liveCalls()).length !== n) await new Promise((wake) => setTimeout(wake, 50));
}

async function liveCalls(): Promise<{ id: string }[]> {
  return ((await server.ask("GET", "/tenants/demo/calls")) as { items: { id: string }[] }).items;
}

test("reports add up what calls did, draw it, and export exactly what is shown", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/reports?span=today&columns=name,tot_offered_calls");
  await page.getByRole("link", { name: "Sales" }).waitFor();
  for (const colors of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: colors });
    await picture(page, `report-${colors}`);
    expect(await axe(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "As CSV" }).click()]);
  expect(await readFile(await download.path(), "utf8")).toBe(`Queue,Calls\r\nSales,${N_CALLS}\r\n`);
  await page.getByLabel("A row for each").selectOption("interval");
  await page.getByRole("link", { name: "Sales" }).first().click();
  await page.getByRole("dialog").getByText("Begins").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Agents" }).click();
  await page.getByRole("img", { name: /Mean handling/ }).or(page.getByText("No call was there in this time.")).waitFor();
  expect(wrongs).toEqual([]);
});

test("a call's page tells what happened and why, in words", async () => {
  const { page } = watched;
  await page.goto("/t/demo/call-records");
  await page.getByRole("link").filter({ hasText: /20\d\d/ }).first().click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("list", { name: "Path" }).getByText("Sales").first().waitFor();
  await panel.getByRole("img", { name: "Who took part, and when" }).waitFor();
  await picture(page, "call-panel");
  expect(await axe(page)).toEqual([]);

  await panel.getByRole("button", { name: "Show the SIP messages" }).click();
  const ladder = panel.getByRole("region", { name: "SIP messages" });
  const invite = ladder.getByRole("button", { name: /INVITE.*to This server/ }).first();
  await invite.click();
  await ladder.getByText("INVITE sip:+14255550110", { exact: false }).waitFor();
  const answered = ladder.getByRole("button", { name: /200.*from This server to/ }).first();
  await answered.scrollIntoViewIfNeeded();
  await picture(page, "call-ladder");
  expect(await axe(page)).toEqual([]);
});

test("the wallboard counts the day, and follows without being read again", async () => {
  const { page } = watched;
  await page.goto("/t/demo/wallboard");
  const sales = page.getByRole("article", { name: "Sales" });
  await sales.getByText("Bob Brown").waitFor();
  await picture(page, "wallboard-light");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("combobox", { name: "Queues" }).click();
  await page.getByRole("option", { name: "Support" }).click();
  await sales.waitFor({ state: "hidden" });
  expect(new URL(page.url()).searchParams.get("queues")).not.toBe("");
});

test("a supervisor asks to hear a call, and an agent is taken out of a queue", async () => {
  const { page } = watched;
  const call = {
    id: "0197f3a0-0000-7000-8000-000000000001",
    from: "+12065550123",
    to: "+14255550110",
    started_at: new Date().toISOString(),
    answered_at: new Date().toISOString(),
    answered_by: "Bob Brown",
    state: "talking",
    legs: [],
  };
  await page.route(/\/calls$/, (route) => route.fulfill({ json: { items: [call], next_cursor: null } }));
  await page.goto("/t/demo/live");
  await page.getByRole("button", { name: "Supervise" }).click();
  await page.getByRole("combobox", { name: "Supervisor" }).click();
  await page.getByRole("option", { name: /Alice Adams/ }).click();
  await picture(page, "supervise");
  const [asked] = await Promise.all([
    page.waitForRequest(/\/supervise$/),
    page.getByRole("button", { name: "Whisper to the agent" }).click(),
  ]);
  expect(asked.postDataJSON()).toMatchObject({ mode: "whisper" });
  // That call is only on this page: the server says that there is none.
  await page.getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await page.unroute(/\/calls$/);

  const sales = page.getByRole("article", { name: "Sales" });
  await sales.getByRole("button", { name: "Change the state of Bob Brown" }).click();
  await page.getByRole("menuitem", { name: "Take out of this queue" }).click();
  await sales.getByText("Opted out").waitFor();
});

test("what one of those who change things did is shown by itself", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/audit");
  await page.getByRole("row").filter({ hasText: "demo, a key" }).first().getByRole("link").click();
  await page.getByRole("dialog").getByRole("button", { name: "Show only what they changed" }).click();
  await page.getByRole("button", { name: /^Remove the filter/ }).filter({ hasText: "demo, a key" }).waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  const rows = await page.getByRole("row").allInnerTexts();
  expect(rows.slice(1).filter((row) => !row.includes("demo, a key"))).toEqual([]);
  expect(rows.length).toBeGreaterThan(1);
  await page.getByRole("button", { name: /^Remove the filter/ }).click();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByLabel("Filter by").selectOption({ label: "Who" });
  await picture(page, "audit-by");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("combobox", { name: "Who", exact: true }).selectOption({ label: "demo, a key" });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("f.actor") ?? page.url()).toContain("token:demo");
  expect(wrongs).toEqual([]);
});

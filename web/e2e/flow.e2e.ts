import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, inGerman, launch, open, picture, settled, signIn } from "./browser";
import { Server } from "./server";

type Attendant = { id: string; default_flow: { menu: { options: { key: string; action: { type: string } }[] } } };

let server: Server;
let browser: Browser;
let watched: Watched;
let path: string;
let api: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  const { items } = (await server.ask("GET", "/tenants/demo/auto-attendants")) as { items: Attendant[] };
  api = `/tenants/demo/auto-attendants/${items[0]?.id}`;
  path = `/t/demo/attendants/${items[0]?.id}/flow`;
  watched = await open(browser, server, { width: 1440, height: 900 });
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

async function optionOf(key: string): Promise<unknown> {
  const { default_flow } = (await server.ask("GET", api)) as Attendant;
  return default_flow.menu.options.find((option) => option.key === key)?.action;
}

async function drawing(page: Page): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1, name: "Main menu" }).waitFor();
  await page.locator(".react-flow__node").first().waitFor();
}

test("every exit of the main menu is drawn, in light and dark, and axe finds nothing", async () => {
  const { page, wrongs } = watched;
  await drawing(page);
  // Eight keys and silence of the menu, two queues with four exits each, the operator, two searches, and calls that come in.
  expect(await page.locator(".react-flow__edge").count()).toBeGreaterThanOrEqual(18);
  await page.getByText("Every exit leads somewhere").waitFor();
  for (const colors of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: colors });
    await settled(page);
    await picture(page, `flow-${colors}`);
    expect(await axe(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  expect(wrongs).toEqual([]);
});

test("a call that is tried lights its path, and says why", async () => {
  const { page } = watched;
  await drawing(page);
  await page.getByRole("tab", { name: "Try" }).click();
  await page.getByLabel("Keys", { exact: true }).fill("1");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByText("Bob Brown talks with the caller, for the queue Sales.").waitFor();
  await settled(page);
  await picture(page, "flow-tried");
  expect(await page.locator(".react-flow__edge.animated").count()).toBe(3);
  expect(await axe(page)).toEqual([]);
});

test("a change is a draft until it is tested and published, and can be gone back from", async () => {
  const { page, wrongs } = watched;
  await drawing(page);
  await page.getByRole("tab", { name: "Tests" }).click();
  await page.getByRole("button", { name: "Write a starter set" }).click();
  await page.getByRole("list", { name: "Tests" }).getByText("Default: key 5").waitFor();

  // By the list, as somebody without a mouse does it.
  await page.getByText("List", { exact: true }).click();
  await page.getByRole("button", { name: "Key 5", exact: true }).press("Enter");
  await page.getByLabel("What it does").selectOption("disconnect");
  await page.getByText(/^Draft, \d/).waitFor();
  expect(await optionOf("5")).toMatchObject({ type: "announcement" });

  await page.getByRole("tab", { name: "Try" }).click();
  await page.getByLabel("Keys", { exact: true }).fill("5");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("list", { name: "Step by step" }).getByText("key 5", { exact: false }).waitFor();
  await picture(page, "flow-list");

  await page.getByRole("tab", { name: "Tests" }).click();
  await page.getByRole("button", { name: "Run on the draft" }).click();
  await page.getByText(/1\d of 16 passed/).waitFor();
  await picture(page, "flow-tests");

  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("dialog").getByText("tests of this flow fail", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Publish over the tests" }).click();
  await page.getByRole("status").getByText("Published").waitFor();
  expect(await optionOf("5")).toEqual({ type: "disconnect" });

  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Go back to version 1" }).click();
  await picture(page, "flow-versions");
  await page.getByRole("button", { name: "Publish version 1 again" }).click();
  await expect.poll(() => optionOf("5")).toMatchObject({ type: "announcement" });
  expect(wrongs).toEqual([]);
});

test("callers may say words instead of a key, and versions are compared setting by setting", async () => {
  const { page, wrongs } = watched;
  await page.goto(`${path}?as=list`);
  await page.getByRole("button", { name: "Key 5", exact: true }).press("Enter");
  await page.getByLabel("What it does").selectOption("disconnect");
  await page.getByText(/^Draft, \d/).waitFor();
  // Phrases stand there once the flow takes them.
  expect(await page.getByLabel("What callers may say instead of the key").count()).toBe(0);
  const attendant = (await server.ask("GET", `${api}/draft`)) as { settings: object };
  await server.ask("PUT", `${api}/draft`, { ...attendant.settings, voice_input: true });
  await page.reload();
  await page.getByRole("button", { name: "Key 5", exact: true }).press("Enter");
  const phrases = page.getByRole("textbox", { name: "What callers may say instead of the key" }).or(page.getByRole("combobox", { name: "What callers may say instead of the key" }));
  await phrases.fill("good bye");
  await phrases.press("Enter");
  await expect.poll(async () => JSON.stringify(await server.ask("GET", `${api}/draft`))).toContain('"phrases":["good bye"]');
  expect(await axe(page)).toEqual([]);
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Tell what differs" }).click();
  const differs = page.getByRole("list", { name: "What differs" });
  await differs.getByRole("listitem").filter({ hasText: "voice_input" }).getByText("true").waitFor();
  await differs.getByText("good bye").waitFor();
  await picture(page, "flow-compared");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await page.getByRole("status").getByText("Published").waitFor();
  expect(wrongs).toEqual([]);
});

test("who waits hears messages in turn, and is offered to be called back", async () => {
  const { page, wrongs } = watched;
  const { items } = (await server.ask("GET", "/tenants/demo/call-queues")) as { items: { id: string; name: string }[] };
  const sales = items.find(({ name }) => name === "Sales")?.id;
  await page.goto(`/t/demo/queues/${sales}/flow?as=list`);
  await page.getByRole("button", { name: "Edit Sales" }).first().click();
  await page.getByRole("button", { name: "Add a message for who waits" }).click();
  await page.getByRole("group", { name: "Message 1 while waiting" }).getByLabel("What is said").fill("Did you know? We are open on Saturdays, too.");
  await page.getByLabel("Seconds of music between two messages").fill("30");
  const offers = page.getByLabel("Offer to call back");
  if (!(await offers.isChecked())) await offers.check();
  await page.getByLabel("Key to be called back").selectOption("9");
  await page.getByLabel("Offered to new callers while so many wait", { exact: true }).fill("4");
  await page.getByLabel("How often they are called").fill("2");
  const draft = async () => ((await server.ask("GET", `/tenants/demo/call-queues/${sales}/draft`)) as { settings: object }).settings;
  await page.getByText(/^Draft, \d/).waitFor();
  await expect.poll(draft, { timeout: 5_000 }).toMatchObject({
    announcements: { comfort: [{ type: "text", text: "Did you know? We are open on Saturdays, too." }], every_seconds: 30 },
    callback: { key: "9", waiting_min: 4, attempts_max: 2 },
  });
  await picture(page, "queue-waiting");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Discard the draft" }).click();
  expect(wrongs).toEqual([]);
});

test("an exit is led elsewhere by drawing a line, and the step can be taken back", async () => {
  const { page } = watched;
  await drawing(page);
  const from = page.locator('.react-flow__handle[data-handleid="default_flow.menu.options[2]"]');
  const to = page.locator(".react-flow__node").filter({ has: page.locator("strong", { hasText: /^Front desk$/ }) });
  const [start, end] = [await from.boundingBox(), await to.locator(".react-flow__handle-left").boundingBox()];
  if (start === null || end === null) throw new Error("nothing is drawn");
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 12 });
  await page.mouse.up();
  await expect
    .poll(async () => JSON.stringify(await server.ask("GET", `${api}/draft`).catch(() => "")))
    .toMatch(/"key":"2","action":\{"type":"transfer","target":\{"type":"shared_mailbox"/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect
    .poll(async () => JSON.stringify(await server.ask("GET", `${api}/draft`)))
    .toMatch(/"key":"2","action":\{"type":"transfer","target":\{"type":"call_queue"/);
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await page.getByRole("status").getByText("Published").waitFor();
});

test("other hours are added with a flow of their own", async () => {
  const { page } = watched;
  const nights = { name: "Nights", rule: { type: "weekly", monday: [{ start: "18:00", end: "00:00" }] } };
  await server.ask("POST", "/tenants/demo/schedules", nights);
  await drawing(page);
  await page.locator(".react-flow__node").first().press("Enter");
  await page.getByRole("combobox", { name: "Within the schedule" }).click();
  await page.getByRole("option", { name: "Nights" }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator(".react-flow__node").getByText("After hours: Nights").waitFor();
  await page.getByText(/^Draft, \d/).waitFor();
  await settled(page);
  await picture(page, "flow-hours");
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await page.getByRole("status").getByText("Published").waitFor();
});

test("a circle in which nobody is asked is flagged while editing", async () => {
  const { page } = watched;
  const { items } = (await server.ask("GET", "/tenants/demo/call-queues")) as { items: { id: string; name: string }[] };
  const [sales, support] = ["Sales", "Support"].map((wanted) => items.find(({ name }) => name === wanted));
  await page.goto(`/t/demo/queues/${support?.id}/flow?as=list`);
  await page.getByRole("button", { name: /wait already/ }).first().click();
  await page.getByLabel("Send on").check();
  await page.getByLabel("Where to").selectOption("call_queue");
  await page.getByRole("combobox", { name: "Call queue" }).click();
  await page.getByRole("option", { name: "Support" }).click();
  await page.getByText("1 thing to mend").or(page.getByText("2 things to mend")).waitFor();
  await page.getByRole("list", { name: "List" }).getByText("Calls can go round in a circle here").first().waitFor();
  await page.getByText(/^Draft, \d/).waitFor();
  await picture(page, "flow-loop");
  await server.ask("DELETE", `/tenants/demo/call-queues/${support?.id}/draft`);
  expect(sales).toBeDefined();
});

test("the editor speaks German, and axe finds nothing there either", async () => {
  const { page, wrongs, context } = await inGerman(browser, server, { width: 1440, height: 900 });
  await page.goto(`${path}?as=list&panel=versions`);
  await page.getByRole("button", { name: "Unterschiede nennen" }).waitFor();
  await picture(page, "flow-german");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
  await context.close();
});

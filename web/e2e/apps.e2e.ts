import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn, wrongInGerman } from "./browser";
import { Caller } from "./caller";
import { Server } from "./server";

let server: Server;
let browser: Browser;
let watched: Watched;
let sales = "";

type Items<T> = { items: T[] };
type Named = { id: string; name: string };

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  watched = await open(browser, server, { width: 1440, height: 900 });
  const { items } = (await server.ask("GET", "/tenants/demo/call-queues")) as Items<Named>;
  sales = items.find(({ name }) => name === "Sales")?.id ?? "";
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

test("a queue is closed at night and by hand, tells of thresholds, and all of it is published", async () => {
  const { page, wrongs } = watched;
  await server.ask("POST", "/tenants/demo/schedules", { name: "Nights", rule: { type: "weekly", monday: [{ start: "18:00", end: "00:00" }] } });
  await page.goto(`/t/demo/queues/${sales}/flow?as=list`);
  const hours = page.getByRole("group", { name: "Hours and holidays" });
  await hours.getByText("Callers are taken at any time.").waitFor();
  await hours.getByRole("group", { name: "Other hours" }).getByRole("combobox", { name: "Within the schedule" }).click();
  await page.getByRole("option", { name: "Nights" }).click();
  await hours.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("list", { name: "List" }).getByText("After hours: Nights").waitFor();
  await hours.getByLabel(/^Whatever the schedules say/).selectOption("closed");
  await page.getByLabel(/^Calls of queues that an agent may have at once/).fill("2");
  await page.getByRole("checkbox", { name: /^Tell somebody when a threshold is reached/ }).check();
  const thresholds = page.getByRole("group", { name: "Thresholds" });
  await thresholds.getByLabel("So many callers wait").fill("3");
  await picture(page, "queue-hours");
  expect(await axe(page)).toEqual([]);

  // Where they go is an exit like all others.
  await hours.getByRole("group", { name: "After hours" }).getByRole("button", { name: "What happens then" }).click();
  await page.getByLabel("Send on").check();
  await page.getByLabel("Where to").selectOption("call_queue");
  await page.getByRole("combobox", { name: "Call queue" }).click();
  await page.getByRole("option", { name: "Support" }).click();
  await page.getByText(/^Draft, \d/).waitFor();
  const draft = async () => ((await server.ask("GET", `/tenants/demo/call-queues/${sales}/draft`)) as { settings: object }).settings;
  const settings = {
    hours: { closures: [{ type: "after_hours", enabled: true, exception: { action: { type: "forward", target: { type: "call_queue" } } } }], hours_override: { state: "closed" } },
    agent_capacity: 2,
    alerts: { waiting: 3 },
  };
  await expect.poll(draft, { timeout: 5_000 }).toMatchObject(settings);
  await picture(page, "queue-closed");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("status").getByText("Published").waitFor();
  expect(await server.ask("GET", `/tenants/demo/call-queues/${sales}`)).toMatchObject(settings);

  // A call that is tried goes where callers go who come too late.
  await page.getByRole("tab", { name: "Try" }).click();
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("list", { name: "Step by step" }).getByText(/closed/).first().waitFor();
  expect(wrongs).toEqual([]);
});

test("a queue is made from a template, another is saved as one, and what was made of it stays", async () => {
  const { page, wrongs } = watched;
  const { items } = (await server.ask("GET", "/tenants/demo/app-templates")) as Items<Named & { type: string; built_in: boolean }>;
  const builtIn = items.find(({ type, built_in }) => built_in && type === "call_queue");
  if (builtIn === undefined) throw new Error("no queue comes with the program");
  await page.goto("/t/demo/app-templates");
  await page.getByRole("link", { name: builtIn.name, exact: true }).click();
  const panel = page.getByRole("dialog");
  expect(await panel.getByRole("button", { name: "Delete the template" }).count()).toBe(0);
  await panel.getByLabel("Name of what is made").fill("Sales");
  await panel.getByRole("button", { name: "Make a queue" }).click();
  // There is one of this name already.
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel("Name of what is made").fill("Returns");
  await panel.getByRole("button", { name: "Make a queue" }).click();
  await panel.getByText("Returns was made.").waitFor();
  await picture(page, "template-used");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("link", { name: "Open the call flow" }).click();
  await page.getByText("Returns").first().waitFor();

  // Nobody answers in it yet, which the first page says, with where that is put right.
  await page.goto("/t/demo/home");
  const concern = page.getByRole("listitem").filter({ hasText: "Returns" }).first();
  await concern.waitFor();
  await picture(page, "home-problems");
  expect(await axe(page)).toEqual([]);
  await concern.getByRole("link", { name: "Open Returns" }).click();
  await page.waitForURL(/\/queues\/[^/]+\/flow/);

  await page.goto("/t/demo/app-templates?open=new");
  await panel.getByLabel(/^Name/).fill("Like Sales");
  await panel.getByLabel("Makes").selectOption("call_queue");
  await panel.getByRole("combobox", { name: "Of the queue" }).click();
  await page.getByRole("option", { name: "Sales" }).click();
  await panel.getByRole("button", { name: "Save a template" }).click();
  await page.getByRole("link", { name: "Like Sales" }).click();
  await panel.getByRole("button", { name: "Delete the template" }).click();
  await panel.getByRole("button", { name: "Delete the template" }).click();
  await page.getByRole("link", { name: "Like Sales" }).waitFor({ state: "detached" });
  expect(((await server.ask("GET", "/tenants/demo/call-queues")) as Items<Named>).items.map(({ name }) => name)).toContain("Returns");
  expect(wrongs).toEqual([]);
});

test("a call that nobody took is taken care of, and that can be taken back", async () => {
  const { page, wrongs } = watched;
  const { items } = (await server.ask("GET", "/tenants/demo/call-queues")) as Items<Named>;
  const support = items.find(({ name }) => name === "Support")?.id ?? "";
  // Nobody may wait there, so a call is over as soon as it comes.
  const queue = (await server.ask("GET", `/tenants/demo/call-queues/${support}`)) as object;
  await server.ask("PUT", `/tenants/demo/call-queues/${support}`, { ...queue, overflow_threshold: 0, overflow: { action: { type: "disconnect" } } });
  const caller = await Caller.open(server.sip);
  await server.ask("POST", "/tenants/demo/trunks", { name: "outside", host: "127.0.0.1", sources: [caller.address] });
  caller.call("+12065550123", "+14255550120");
  const calls = async () => ((await server.ask("GET", `/tenants/demo/call-queues/${support}/calls?kind=missed`)) as Items<{ handled_at: string | null }>).items;
  await expect.poll(async () => (await calls()).length, { timeout: 20_000 }).toBe(1);
  caller.close();
  await page.goto(`/t/demo/queues?open=${support}`);
  const missed = page.getByRole("group", { name: "Missed calls" });
  await missed.getByRole("link", { name: "+12065550123" }).waitFor();
  await missed.getByRole("button", { name: "Taken care of" }).click();
  await missed.getByText(/^Taken care of by /).waitFor();
  expect((await calls())[0]?.handled_at).not.toBeNull();
  await picture(page, "queue-missed");
  expect(await axe(page)).toEqual([]);
  await missed.getByRole("button", { name: "Not yet after all" }).click();
  await missed.getByRole("button", { name: "Taken care of" }).waitFor();
  expect((await calls())[0]?.handled_at ?? null).toBeNull();
  expect(wrongs).toEqual([]);
});

test("a group says who does not get its licenses and why, and tries again when there are seats", async () => {
  const { page, wrongs } = watched;
  const plan = "STANDARDPACK";
  const { items } = (await server.ask("GET", "/tenants/demo/users?extension=101")) as Items<Named>;
  const group = (await server.ask("POST", "/tenants/demo/groups", { name: "Abroad" })) as Named;
  await server.ask("POST", `/tenants/demo/groups/${group.id}/members/add`, { users: [items[0]?.id] });
  await server.ask("PUT", `/tenants/demo/licenses/${plan}`, { seats: 0 });
  await server.ask("POST", `/tenants/demo/groups/${group.id}/licenses/assign`, { plans: [plan] });
  const failed = async () => ((await server.ask("GET", `/tenants/demo/groups/${group.id}`)) as { failed: number }).failed;
  await expect.poll(failed, { timeout: 20_000 }).toBe(1);
  await page.goto(`/t/demo/groups?open=${group.id}`);
  const failures = page.getByRole("dialog").getByRole("alert");
  await failures.getByText("1 person does not have its licenses").waitFor();
  await failures.getByRole("link", { name: "Alice Adams" }).waitFor();
  await picture(page, "group-failures");
  expect(await axe(page)).toEqual([]);
  await server.ask("PUT", `/tenants/demo/licenses/${plan}`, { seats: 5 });
  await failures.getByRole("button", { name: "Try again" }).click();
  await expect.poll(failed, { timeout: 20_000 }).toBe(0);
  await page.goto(`/t/demo/groups?open=${group.id}`);
  await page.getByRole("dialog").getByText(plan).first().waitFor();
  expect(await failures.count()).toBe(0);
  expect(wrongs).toEqual([]);
});

test("these pages say the same in German", async () => {
  const wrongs = await wrongInGerman(browser, server, [
    ["/t/demo/app-templates?open=new", "Vorlagen"],
    ["/t/demo/home", "Übersicht"],
  ]);
  expect(wrongs).toEqual([]);
});

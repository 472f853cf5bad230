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

type Items<T> = { items: T[] };

test("a policy is made with settings that the API describes, and given to a person", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/policies?type=call_park&open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Front desk");
  await panel.getByLabel("Allow call park").check();
  await panel.getByLabel("Pickup range start").fill("50");
  await picture(page, "policy");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Add a policy" }).click();
  await page.getByRole("link", { name: "Front desk" }).click();
  const { items } = (await server.ask("GET", "/tenants/demo/policies/call_park")) as Items<{ name: string; settings: unknown }>;
  expect(items.find(({ name }) => name === "Front desk")?.settings).toMatchObject({ allow_call_park: true, pickup_range_start: 50 });

  await page.getByRole("dialog").getByRole("combobox", { name: "Who", exact: true }).click();
  await page.getByRole("option", { name: /Bob Brown/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Give", exact: true }).click();
  await page.getByRole("dialog").getByText("Bob Brown (102) · Person").waitFor();
  await picture(page, "policy-assigned");
  await page.getByRole("dialog").getByRole("button", { name: "Remove Bob Brown" }).click();
  await page.getByRole("dialog").getByText("Bob Brown (102) · Person").waitFor({ state: "hidden" });
  expect(wrongs).toEqual([]);
});

test("a setting that the server refuses is told beside the setting", async () => {
  const { page } = watched;
  await page.goto("/t/demo/policies?type=call_park&open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Upside down");
  await panel.getByLabel("Pickup range start").fill("90");
  await panel.getByLabel("Pickup range end").fill("20");
  await panel.getByRole("button", { name: "Add a policy" }).click();
  await panel.getByRole("alert").first().waitFor();
});

test("a usage and a route are made, and a call is tried over them", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/pstn-usages?open=new");
  await page.getByRole("dialog").getByLabel(/^Name/).fill("Domestic");
  await page.getByRole("dialog").getByRole("button", { name: "Add a usage" }).click();
  await page.getByRole("link", { name: "Domestic" }).waitFor();

  await page.goto("/t/demo/voice-routes?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("West coast");
  await panel.getByLabel("Pattern").fill("^\\+1(206|425)\\d{7}$");
  await panel.getByRole("combobox", { name: "Trunks" }).click();
  await page.getByRole("option", { name: "demo-carrier" }).click();
  await panel.getByRole("heading", { name: "Add a route" }).click();
  await panel.getByRole("button", { name: "Add a route" }).click();
  await page.getByRole("link", { name: "West coast" }).waitFor();

  const box = page.getByRole("region", { name: "Try a call" });
  await box.getByRole("combobox", { name: "Who calls" }).click();
  await page.getByRole("option", { name: /Alice Adams/ }).click();
  await box.getByLabel("What they dial").fill("+12065550123");
  await box.getByRole("button", { name: "Try a call" }).click();
  await box.getByRole("strong").filter({ hasText: "Goes out" }).waitFor();
  await picture(page, "route-tried");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a dial plan is tried before anybody dials by it", async () => {
  const { page } = watched;
  await page.goto("/t/demo/dial-plans?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).first().fill("With a nine");
  await panel.getByRole("button", { name: "Add a rule" }).click();
  const rule = panel.getByRole("group", { name: "Rule 1" });
  await rule.getByLabel(/^Name/).fill("Nine");
  await rule.getByLabel(/^What is dialled/).fill("^9(\\d{10})$");
  await rule.getByLabel(/^Becomes/).fill("+1$1");
  await panel.getByRole("button", { name: "Add a dial plan" }).click();
  await page.getByRole("link", { name: "With a nine" }).click();
  await page.getByRole("dialog").getByLabel("Try what is dialled").fill("92065550123");
  await page.getByRole("dialog").getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("dialog").getByText("92065550123 → +12065550123").waitFor();
  await picture(page, "dial-plan");
});

test("a translation rule is tried", async () => {
  const { page } = watched;
  await page.goto("/t/demo/translation-rules?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("National");
  await panel.getByLabel(/^Pattern/).fill("^\\+1(\\d{10})$");
  await panel.getByLabel(/^Becomes/).fill("$1");
  await panel.getByRole("button", { name: "Add a rule" }).click();
  await page.getByRole("link", { name: "National" }).click();
  await page.getByRole("dialog").getByLabel("Try a number").fill("+12065550123");
  await page.getByRole("dialog").getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("dialog").getByText("+12065550123 → 2065550123").waitFor();
});

test("a role is put together of rights, and somebody is invited with it", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/roles?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("reporter");
  await panel.getByLabel("Call records: See").check();
  await picture(page, "role");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Add a role" }).click();
  await page.getByRole("link", { name: "reporter", exact: true }).waitFor();

  await page.goto("/t/demo/accounts?open=new");
  await panel.getByLabel(/^Name/).fill("Rita Reed");
  await panel.getByLabel(/^E-mail address/).fill("rita@demo.test");
  await panel.getByRole("combobox", { name: "Roles" }).click();
  await page.getByRole("listbox", { name: "Roles" }).getByRole("option", { name: "reporter", exact: true }).click();
  await panel.getByRole("heading", { name: "Invite somebody" }).click();
  await panel.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByText("rita@demo.test is invited").waitFor();
  expect(await page.locator("pre").innerText()).toContain("/invitation#");
  await page.getByRole("link", { name: "Rita Reed" }).waitFor();
  expect(wrongs).toEqual([]);
});

test("a site, a shared mailbox and a department are kept", async () => {
  const { page } = watched;
  await page.goto("/t/demo/sites?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Seattle");
  await panel.getByLabel("Country").fill("US");
  await panel.getByRole("button", { name: "Add a site" }).click();
  await page.getByRole("link", { name: "Seattle" }).waitFor();

  await page.goto("/t/demo/shared-mailboxes");
  await page.getByRole("link", { name: "Front desk" }).click();
  await panel.getByText("Alice Adams (101)").waitFor();
  await panel.getByLabel("Kept for days").fill("30");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByRole("status").waitFor();
  const { items } = (await server.ask("GET", "/tenants/demo/shared-mailboxes")) as Items<{ retention_days: number; members: unknown[] }>;
  expect([items[0]?.retention_days, items[0]?.members.length]).toEqual([30, 3]);

  await page.goto("/t/demo/departments");
  await page.getByRole("link", { name: "Warehouse" }).click();
  await panel.getByLabel(/^Name/).fill("Logistics");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => JSON.stringify(await server.ask("GET", "/tenants/demo/departments"))).toContain("Logistics");
});

test("a webhook's secret is shown once, and numbers are brought in step by step", async () => {
  const { page } = watched;
  await page.goto("/t/demo/webhooks?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("CRM");
  await panel.getByLabel(/^Address/).fill("https://hooks.example.com/x");
  await panel.getByRole("button", { name: "Add a webhook" }).click();
  await page.getByText("Secret of CRM").waitFor();

  await page.goto("/t/demo/port-orders?open=new");
  await panel.getByLabel(/^Name of the order/).fill("Old office");
  await panel.getByLabel(/^Numbers/).fill("+12065550101\n+12065550102");
  await panel.getByRole("button", { name: "Bring numbers in" }).click();
  await page.getByRole("link", { name: "Old office" }).click();
  await panel.getByLabel("Your full name").waitFor();
  await picture(page, "port-order");
  expect(await axe(page)).toEqual([]);
});

test("a trunk's other settings are those that the API describes", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/trunks");
  await page.getByRole("link", { name: "demo-carrier" }).click();
  const panel = page.getByRole("dialog");
  await panel.getByText("more settings").click();
  await panel.getByLabel(/^Find one of/).fill("register");
  await panel.getByLabel("Register expires seconds").fill("600");
  await picture(page, "trunk-settings");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a trunk is tested step by step, each with what to do", async () => {
  const { page } = watched;
  const steps = [
    { step: "address", passed: true, detail: "127.0.0.1 is an address" },
    { step: "options", passed: false, detail: "nothing answered OPTIONS", fix: "see whether the carrier is there" },
  ];
  await page.route(/\/trunks\/[^/]+\/test$/, (route) => route.fulfill({ json: { passed: false, steps } }));
  await page.goto("/t/demo/trunks");
  await page.getByRole("link", { name: "demo-carrier" }).click();
  await page.getByRole("button", { name: "Test the trunk" }).click();
  await page.getByText("Nothing answered OPTIONS.").waitFor();
  await page.getByText("See whether the carrier is there.").waitFor();
});

test("everybody is asked for a second factor by one switch", async () => {
  const { page } = watched;
  await page.goto("/t/demo/sign-in");
  await page.getByLabel("Everybody needs a second factor").check();
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect.poll(() => server.ask("GET", "/tenants/demo/sign-in-policy")).toEqual({ second_factor_required: true });
  await server.ask("PUT", "/tenants/demo/sign-in-policy", { second_factor_required: false });
});

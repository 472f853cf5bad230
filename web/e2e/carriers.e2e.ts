import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn, wrongInGerman } from "./browser";
import { Server } from "./server";

// What goes on between the organization, operators, other carriers, and who runs the server.

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

type Made = { id: string };

test("an operator is asked for numbers, and its quote is accepted", async () => {
  const { page, wrongs } = watched;
  const operator = (await server.ask("POST", "/operators", { name: "North Telecom", offerings: [{ kind: "calling", countries: ["US"] }] })) as Made;
  for (const state of ["testing", "launched"]) await server.ask("PATCH", `/operators/${operator.id}`, { state });
  const consent = { company_name: "Demo", countries: ["US"], contacts: [{ full_name: "Ann Admin", email: "ann@demo.test" }] };
  await server.ask("POST", `/tenants/demo/operators/${operator.id}/consent`, consent);
  await page.goto("/t/demo/number-requests?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Area code").fill("206");
  await panel.getByLabel(/^How many/).fill("3");
  await panel.getByLabel("Note").fill("in one block, please");
  await picture(page, "number-request-new");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Ask for numbers" }).click();
  await page.getByRole("row").filter({ hasText: "North Telecom" }).getByText("0/3").waitFor();

  // The operator answers over its own interface.
  const { client_id, client_secret } = (await server.ask("POST", `/operators/${operator.id}/clients`, { name: "main" })) as Record<string, string>;
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: client_id ?? "", client_secret: client_secret ?? "" });
  const { access_token } = (await (await fetch(`${server.url}/operator/v1/token`, { method: "POST", body: form })).json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
  const { items } = (await (await fetch(`${server.url}/operator/v1/number-requests`, { headers })).json()) as { items: Made[] };
  const quote = JSON.stringify({ setup_micros: 5_000_000, monthly_micros: 12_500_000, currency: "USD" });
  const quoted = await fetch(`${server.url}/operator/v1/number-requests/${items[0]?.id}/quote`, { method: "POST", headers, body: quote });
  expect(quoted.status).toBe(200);

  await page.getByText("Quoted", { exact: true }).waitFor();
  await page.getByRole("row").filter({ hasText: "North Telecom" }).getByRole("link").click();
  await panel.getByText("$12.50").waitFor();
  await picture(page, "number-request-quoted");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Accept the quote" }).click();
  await page.getByText("Accepted", { exact: true }).first().waitFor();
  expect(wrongs).toEqual([]);
});

test("another carrier asks for numbers: one may go, one stays, and whoever runs the server says that it is gone", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/port-outs");
  await page.getByText("There is no porting PIN").waitFor();
  await page.getByRole("button", { name: "Set the porting PIN" }).click();
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Porting PIN", { exact: false }).first().fill("12");
  await panel.getByRole("button", { name: "Set the porting PIN" }).click();
  await panel.getByRole("alert").or(panel.getByText("digits", { exact: false })).first().waitFor();
  await panel.getByRole("textbox", { name: "Porting PIN" }).fill("4711081542");
  await panel.getByRole("button", { name: "Set the porting PIN" }).click();
  await page.getByText("A porting PIN is set").waitFor();
  const numbers = ["+14255550101", "+14255550102"];
  await server.ask("POST", "/port-outs", { gaining_carrier: "New Telecom", numbers, pin: "4711081542", reference: "N-1" });
  await page.getByRole("link", { name: "New Telecom" }).click();
  await panel.getByLabel("+14255550102").uncheck();
  await picture(page, "port-out");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Let 1 number go" }).click();
  await panel.getByText("May go", { exact: true }).waitFor();
  await panel.getByLabel("+14255550102").check();
  await panel.getByLabel("Why they stay").selectOption("other");
  await panel.getByRole("button", { name: "Keep 1 number" }).click();
  // Something else has to be said in words.
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel("Why they stay").selectOption("port_freeze");
  await panel.getByRole("button", { name: "Keep 1 number" }).click();
  await panel.getByText("Numbers are to stay for now").waitFor();

  await page.goto("/provider/port-outs");
  await page.getByRole("row").filter({ hasText: "New Telecom" }).getByRole("link").click();
  await panel.getByRole("button", { name: "They are gone" }).click();
  await page.getByText("Gone", { exact: true }).first().waitFor();
  await picture(page, "all-port-outs");
  expect(await axe(page)).toEqual([]);
  await expect.poll(async () => JSON.stringify(await server.ask("GET", "/tenants/demo/numbers"))).not.toContain("+14255550101");
  expect(wrongs).toEqual([]);
});

test("numbers are put into the stock, and how many an organization may hold is set", async () => {
  const { page, wrongs } = watched;
  await page.goto("/provider/number-stock?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Carrier/).fill("South Carrier");
  await panel.getByLabel("City").fill("Tacoma");
  await panel.getByLabel(/^Numbers/).fill("+12535550100-+12535550109");
  await panel.getByRole("button", { name: "Add numbers to the stock" }).click();
  await page.getByRole("row").filter({ hasText: "South Carrier" }).getByText("10").first().waitFor();
  await picture(page, "number-stock");
  expect(await axe(page)).toEqual([]);

  await page.goto("/t/demo/number-quotas");
  await page.getByRole("link", { name: "For a person" }).click();
  await panel.getByLabel("Another limit").fill("7");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("row").filter({ hasText: "For a person" }).getByText("7", { exact: true }).first().waitFor();
  await picture(page, "number-quotas");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a reseller is made, its administrator invited, and it is suspended", async () => {
  const { page, wrongs } = watched;
  await page.goto("/provider/resellers?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("North Telecom");
  await panel.getByLabel(/^Short name/).fill("north");
  await panel.getByRole("button", { name: "Add a reseller" }).click();
  await page.getByRole("link", { name: "North Telecom" }).click();
  const invite = panel.locator("form").last();
  await invite.getByLabel(/^Name/).fill("Nora");
  await invite.getByLabel(/^E-mail/).fill("nora@north.example");
  await invite.getByRole("button", { name: "Invite an administrator" }).click();
  await panel.getByText("Nora · nora@north.example").waitFor();
  await panel.getByLabel("State").selectOption("suspended");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByRole("button", { name: "Close" }).click();
  expect(await page.locator("pre").innerText()).toContain("/invitation#");
  await page.getByText("Suspended", { exact: true }).waitFor();
  await picture(page, "resellers");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("an address that guesses passwords is heard again", async () => {
  const { page, wrongs } = watched;
  let released = "";
  const penalty = { address: "203.0.113.9", failures: 30, last_failure_at: "2026-05-04T10:00:00Z", refused_until: "2100-01-01T00:00:00Z" };
  await page.route(/\/api\/v1\/penalties/, (route) => {
    if (route.request().method() === "GET") return route.fulfill({ json: { items: released === "" ? [penalty] : [] } });
    released = route.request().url();
    return route.fulfill({ status: 204 });
  });
  await page.goto("/provider/penalties");
  await page.getByText("Refused", { exact: true }).waitFor();
  await page.getByRole("link", { name: "203.0.113.9" }).click();
  await picture(page, "penalties");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Hear it again" }).click();
  await page.getByText("Nobody guesses passwords.").waitFor();
  expect(released).toMatch(/\/penalties\/203\.0\.113\.9$/);
  expect(wrongs).toEqual([]);
});

test("a mail that was given up is sent again", async () => {
  const { page, wrongs } = watched;
  const mail = {
    id: "0192f0c1-0000-7000-8000-000000000007",
    message: "0192f0c1-0000-7000-8000-000000000008",
    at: "2026-05-04T10:00:00Z",
    to: "alice@demo.test",
    state: "failed",
    tries: 8,
    error: "the mail server refused the address",
  };
  let isRetried = false;
  await page.route(/\/api\/v1\/.*\/mails(\/|\?|$)/, (route) => {
    if (route.request().method() === "POST") isRetried = true;
    const shown = isRetried ? { ...mail, state: "waiting" } : mail;
    return route.fulfill({ json: route.request().method() === "POST" ? shown : { items: [shown] } });
  });
  await page.goto("/t/demo/mails");
  await page.getByRole("row").filter({ hasText: "alice@demo.test" }).getByRole("link").click();
  await page.getByRole("dialog").getByText("the mail server refused the address").waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Send it now" }).click();
  await page.getByText("Waits", { exact: true }).first().waitFor();
  expect(wrongs).toEqual([]);
});

test("a place without an address is marked, and a call for help is tried", async () => {
  const { page, wrongs } = watched;
  await server.ask("POST", "/tenants/demo/sites", { name: "Seattle", country: "US", emergency_location: "400 Pine Street, Seattle" });
  await server.ask("POST", "/tenants/demo/sites", { name: "Tacoma", country: "US" });
  await page.goto("/t/demo/emergency");
  await page.getByRole("row").filter({ hasText: "Tacoma" }).getByText("No address").waitFor();
  await page.getByRole("row").filter({ hasText: "Seattle" }).getByText("400 Pine Street, Seattle").waitFor();
  const box = page.getByRole("region", { name: "Try a call" });
  await box.getByRole("combobox", { name: "Who calls" }).click();
  await page.getByRole("option", { name: /Alice Adams/ }).click();
  await box.getByLabel("What they dial").fill("911");
  await box.getByRole("button", { name: "Try a call" }).click();
  await box.getByRole("strong").filter({ hasText: "Emergency" }).waitFor();
  await picture(page, "emergency");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("the server tells how it does, and how it is backed up", async () => {
  const { page, wrongs } = watched;
  await page.goto("/provider/server");
  await page.getByText("In order").waitFor();
  await page.getByText("trunkline restore", { exact: false }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("these pages are there in German as well", async () => {
  const wrongs = await wrongInGerman(browser, server, [
    ["/t/demo/number-requests?open=new", "Bei Betreibern angefragt"],
    ["/t/demo/port-outs", "Von anderen verlangt"],
    ["/t/demo/number-quotas", "Wie viele Nummern"],
    ["/t/demo/emergency", "Notfallorte"],
    ["/t/demo/mails", "E-Mails"],
    ["/provider/number-stock", "Nummernbestand"],
    ["/provider/port-outs", "Von anderen verlangte Nummern"],
    ["/provider/resellers", "Wiederverkäufer"],
    ["/provider/penalties", "Geratene Passwörter"],
    ["/provider/server", "Server"],
  ]);
  expect(wrongs).toEqual([]);
});

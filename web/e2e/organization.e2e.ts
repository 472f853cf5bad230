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

test("a license plan is made, priced, let be offered no longer, and deleted; seats of another end", async () => {
  const { page, wrongs } = watched;
  // Only rows in sight are drawn.
  await page.goto("/provider/license-plans?open=new&q=ACME");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Part number/).fill("ACME PHONE");
  await panel.getByLabel(/^Name/).fill("Acme Phone");
  await panel.getByRole("combobox", { name: /^Unlocks/ }).click();
  await page.getByRole("option", { name: "Phone system" }).click();
  await page.keyboard.press("Escape");
  await panel.getByLabel(/^Seat in a month/).fill("8.00");
  await panel.getByLabel(/^Bought for/).selectOption("annual");
  await panel.getByRole("button", { name: "Add a plan" }).click();
  // A part number has no space.
  await panel.getByText(/letters|part number/i).nth(1).waitFor();
  await picture(page, "license-plan-new");
  expect(await axe(page)).toEqual([]);
  await panel.getByLabel(/^Part number/).fill("ACME_PHONE");
  await panel.getByRole("button", { name: "Add a plan" }).click();
  const row = page.getByRole("row").filter({ hasText: "ACME_PHONE" });
  await row.getByText("$8.00").waitFor();
  expect(await server.ask("GET", "/license-plans/ACME_PHONE")).toMatchObject({ name: "Acme Phone", unlocks: ["phone_system"], term: "annual", price: { amount: "8.00", currency: "USD" } });

  await row.getByRole("link").click();
  await panel.getByLabel(/^Seat in a month/).fill("9.50");
  await panel.getByRole("checkbox", { name: /^Offered/ }).uncheck();
  await panel.getByRole("button", { name: "Save" }).click();
  await row.getByText("$9.50").waitFor();
  await panel.getByRole("button", { name: "Delete the plan" }).click();
  await panel.getByRole("button", { name: "Delete the plan" }).click();
  await row.waitFor({ state: "detached" });

  // What comes with the program is changed, and never deleted.
  await server.ask("PATCH", "/license-plans/MCOEV", { price: { amount: "8.00", currency: "USD" }, term: "annual" });
  await page.goto("/provider/license-plans?open=MCOEV");
  await panel.getByRole("button", { name: "Save" }).waitFor();
  expect(await panel.getByRole("button", { name: "Delete the plan" }).count()).toBe(0);
  await page.goto("/t/demo/licenses?open=MCOEV");
  await panel.getByLabel("After that").selectOption("ends");
  await panel.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row").filter({ hasText: "MCOEV" }).getByText(/^Ends /).waitFor();
  await page.getByRole("row").filter({ hasText: "MCOEV" }).getByText("$80.00").waitFor();
  const kept = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export who has which" }).click();
  expect((await kept).suggestedFilename()).toMatch(/\.csv$/);
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

test("a number that was given up is found by nobody, taken back, and shown with where it is from", async () => {
  const { page, wrongs } = watched;
  const number = "+14255550177";
  await server.ask("POST", "/tenants/demo/numbers", { numbers: [number], kind: "user", country: "US" });
  await server.ask("DELETE", `/tenants/demo/numbers/${encodeURIComponent(number)}`);
  await page.goto("/t/demo/numbers?open=restore");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Number/).fill("+14255559999");
  await panel.getByRole("button", { name: "Take a number back" }).click();
  await panel.getByRole("alert").waitFor();
  expect(await axe(page)).toEqual([]);
  await panel.getByLabel(/^Number/).fill("+1 425 555-0177");
  await panel.getByRole("checkbox", { name: /^Give it to nobody/ }).check();
  await panel.getByRole("button", { name: "Take a number back" }).click();
  await page.getByRole("dialog", { name: number }).getByText("Held since").waitFor();
  await page.goto("/t/demo/numbers?f.state=unassigned&f.source=direct_routing&columns=number,state,country,sms,acquired");
  await page.getByRole("link", { name: number }).waitFor();
  await page.getByRole("columnheader", { name: "Held since" }).waitFor();
  expect(await page.getByRole("link", { name: "+14255550101" }).count()).toBe(0);
  await picture(page, "numbers-columns");
  expect(wrongs).toEqual([]);
});

test("a bill is attached to an order for numbers, looked at, and taken out again", async () => {
  const { page, wrongs } = watched;
  const order = (await server.ask("POST", "/tenants/demo/port-orders", {
    name: "From the old carrier",
    country: "US",
    kind: "geographic",
    usage: "user",
    numbers: [{ number: "+12065550142" }],
  })) as { id: string };
  await page.goto(`/t/demo/port-orders?open=${order.id}`);
  const panel = page.getByRole("dialog");
  const papers = panel.getByRole("region", { name: "Papers" });
  await papers.getByText("Nothing is attached.").waitFor();
  // What is typed meanwhile stays.
  await panel.getByLabel(/^Carrier until now/).fill("Old Carrier");
  await papers.getByLabel("What it is").selectOption("bill");
  const attach = async (name: string, content: string) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), papers.getByRole("button", { name: "Attach a file" }).click()]);
    await chooser.setFiles({ name, mimeType: "application/pdf", buffer: Buffer.from(content) });
  };
  await attach("bill.pdf", "this is no PDF");
  await papers.getByRole("alert").waitFor();
  await attach("bill.pdf", "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
  await papers.getByRole("link", { name: "bill.pdf" }).waitFor();
  expect(await panel.getByLabel(/^Carrier until now/).inputValue()).toBe("Old Carrier");
  await picture(page, "port-papers");
  expect(await axe(page)).toEqual([]);
  const kept = page.waitForEvent("download");
  await papers.getByRole("link", { name: "bill.pdf" }).click();
  expect((await kept).suggestedFilename()).toMatch(/^bill.*\.pdf$/);
  await papers.getByRole("button", { name: "Remove bill.pdf" }).click();
  await papers.getByText("Nothing is attached.").waitFor();
  expect(await server.ask("GET", `/tenants/demo/port-orders/${order.id}/documents`)).toMatchObject({ items: [] });
  expect(wrongs).toEqual([]);
});

test("who runs the server says step by step where numbers are that an organization brings, and they are its own when they came", async () => {
  const { page, wrongs } = watched;
  const number = "+12065550143";
  const order = (await server.ask("POST", "/tenants/demo/port-orders", {
    name: "Branch office",
    country: "US",
    kind: "geographic",
    usage: "user",
    numbers: [{ number }],
    organization_name: "Demo Inc.",
    losing_carrier: "Old Carrier",
    account_number: "12345",
    account_pin: "4321",
    authorized_user: "Ann Baker",
    billing_number: number,
    service_address: "1 Example Street, Seattle, WA 98101",
  })) as { id: string };
  await server.ask("POST", `/tenants/demo/port-orders/${order.id}/sign`, { signed_by: "Ann Baker" });
  await server.ask("POST", `/tenants/demo/port-orders/${order.id}/submit`);
  await page.goto("/provider/port-orders?f.state=processing");
  await page.getByRole("link", { name: "Branch office" }).click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("button", { name: "Show the PIN of the account" }).click();
  await panel.getByText("4321").waitFor();
  const say = async (state: string) => {
    await panel.getByRole("button", { name: "Say where the numbers are" }).click();
    await panel.getByLabel("Where they are").selectOption(state);
  };
  await say("completed");
  await panel.getByRole("button", { name: "Say so" }).click();
  // It goes step by step, and the server says so.
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel("Where they are").selectOption("contacting_carrier");
  await picture(page, "port-order-report");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Say so" }).click();
  const stateOf = async () => ((await server.ask("GET", `/port-orders/${order.id}`)) as { state: string }).state;
  await expect.poll(stateOf).toBe("contacting_carrier");
  await say("transfer_approved");
  await panel.getByLabel(/^Comes on/).fill("2030-01-31T15:00");
  await panel.getByRole("button", { name: "Say so" }).click();
  await expect.poll(stateOf).toBe("transfer_approved");
  expect(wrongs).toEqual([]);
});

test("a role is given for the numbers of a tag and of a country only", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/accounts?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Nora Number");
  await panel.getByLabel(/^E-mail address/).fill("nora@demo.test");
  const part = panel.getByRole("group", { name: "Roles for a part only" });
  await part.getByLabel("Role", { exact: true }).selectOption("telephony_administrator");
  await part.getByLabel("Only for").selectOption("tag");
  await part.getByLabel("Which tag").fill("Sales");
  await part.getByRole("button", { name: "Add the role for this part" }).click();
  await part.getByText("Numbers with a tag: Sales").waitFor();
  await part.getByLabel("Only for").selectOption("country");
  await part.getByLabel("Country, two letters").fill("de");
  await part.getByRole("button", { name: "Add the role for this part" }).click();
  await part.getByText("Numbers of a country: DE").waitFor();
  await picture(page, "account-parts");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByText("nora@demo.test is invited").waitFor();
  const accounts = async () => (await server.ask("GET", "/tenants/demo/accounts")) as { items: { email: string; roles: unknown[] }[] };
  const rolesOf = async () => (await accounts()).items.find(({ email }) => email === "nora@demo.test")?.roles;
  expect(await rolesOf()).toEqual([
    { role: "telephony_administrator", scope: { type: "tag", tag: "sales" } },
    { role: "telephony_administrator", scope: { type: "country", country: "DE" } },
  ]);
  await page.getByRole("link", { name: "Nora Number" }).click();
  await part.getByRole("button", { name: /^Remove .*sales/ }).click();
  await panel.getByRole("button", { name: "Save" }).click();
  await expect.poll(rolesOf).toEqual([{ role: "telephony_administrator", scope: { type: "country", country: "DE" } }]);
  expect(wrongs).toEqual([]);
});

test("what holds for the whole organization is changed, and only that is sent", async () => {
  const { page, wrongs } = watched;
  const organization = () => server.ask("GET", "/tenants/demo");
  const before = await organization();
  await page.goto("/t/demo/organization");
  await page.getByLabel(/^Time zone/).fill("Mars/Olympus");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Mars|time zone/i).nth(1).waitFor();
  await page.getByLabel(/^Time zone/).fill("Europe/Paris");
  await page.getByLabel("After somebody lost a number it is given to nobody").selectOption("days");
  await page.getByLabel("Days", { exact: true }).fill("14");
  await page.getByRole("checkbox", { name: "Mail people who get a number" }).check();
  await page.getByLabel(/^Subject/).fill("{number} is yours");
  await page.getByLabel("Text", { exact: true }).fill("Hello {name}!");
  await picture(page, "organization-settings");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(organization).toEqual({
    ...(before as object),
    time_zone: "Europe/Paris",
    number_block: { type: "days", days: 14 },
    number_mails: expect.objectContaining({ assigned: true, assigned_words: { subject: "{number} is yours", text: "Hello {name}!" } }),
  });
  await page.getByLabel(/^Days that what reports tell is kept/).fill("7");
  await page.getByRole("button", { name: "Keep it so long" }).click();
  await page.getByRole("alert").or(page.getByText(/28/).nth(1)).first().waitFor();
  await page.getByLabel(/^Days that what reports tell is kept/).fill("90");
  await page.getByRole("button", { name: "Keep it so long" }).click();
  await expect.poll(() => server.ask("GET", "/tenants/demo/reports/retention")).toEqual({ days: 90 });
  expect(wrongs).toEqual([]);
});

test("a person leaves, and the numbers go to somebody else", async () => {
  const { page, wrongs } = watched;
  const { items } = (await server.ask("GET", "/tenants/demo/users?extension=103")) as { items: { id: string }[] };
  await page.goto(`/t/demo/people?open=${items[0]?.id}`);
  const panel = page.getByRole("dialog");
  await panel.getByRole("button", { name: "Let the person leave …" }).click();
  const leave = panel.getByRole("region", { name: "The person leaves" });
  await leave.getByText("+14255550103 (held back)").waitFor();
  await leave.getByText("Sales").first().waitFor();
  await leave.getByLabel("Their numbers").selectOption("user");
  expect(await leave.getByRole("button", { name: "Let them leave" }).isDisabled()).toBe(true);
  await leave.getByRole("combobox", { name: "Who gets them" }).click();
  await page.getByRole("option", { name: /Bob Brown/ }).click();
  await leave.getByText("+14255550103 (to somebody else)").waitFor();
  await picture(page, "person-leaves");
  expect(await axe(page)).toEqual([]);
  // Nothing happened so far.
  expect(await server.ask("GET", "/tenants/demo/numbers/+14255550103")).toMatchObject({ assignee: { display_name: "Carol Chen" } });
  await leave.getByRole("button", { name: "Let them leave" }).click();
  await expect.poll(() => server.ask("GET", "/tenants/demo/numbers/+14255550103")).toMatchObject({ assignee: { display_name: "Bob Brown" } });
  expect(await server.ask("GET", "/tenants/demo/users/103")).toMatchObject({ enabled: false, licenses: [] });
  expect(wrongs).toEqual([]);
});

test("these pages say the same in German", async () => {
  const wrongs = await wrongInGerman(browser, server, [
    ["/provider/license-plans?open=new", "Lizenztarife"],
    ["/provider/port-orders", "Mitgebrachte Nummern"],
    ["/t/demo/licenses?open=MCOEV", "Lizenzen"],
    ["/t/demo/numbers?open=restore", "Rufnummern"],
    ["/t/demo/accounts?open=new", "Konten"],
    ["/t/demo/organization", "Organisation"],
  ]);
  expect(wrongs).toEqual([]);
});

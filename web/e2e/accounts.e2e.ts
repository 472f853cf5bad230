import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { launch, open, picture } from "./browser";
import { Server } from "./server";
import { totp } from "./totp";

const PASSWORD = "four other words of mine";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

/** Invites somebody to the demo organization. Returns the path that they are to open. */
async function invite(email: string, role: string): Promise<string> {
  const account = { email, name: email, roles: [{ role }] };
  const made = (await server.ask("POST", "/tenants/demo/accounts", account)) as { invitation: { link: string } };
  const { pathname, hash } = new URL(made.invitation.link);
  return pathname + hash;
}

test("who is invited as a viewer chooses a password, sees all and is offered no change", async () => {
  const { page, context, wrongs } = await open(browser, server);
  await page.goto(await invite("vera@demo.test", "viewer"));
  await page.getByLabel(/^New password/).fill(PASSWORD);
  await picture(page, "invitation");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Choose and sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "People" }).click();
  await page.getByRole("link", { name: "Alice Adams" }).click();
  const panel = page.getByRole("dialog");
  expect(await panel.getByLabel(/^Name/).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Add a person" }).count()).toBe(0);
  expect(await panel.getByRole("button", { name: "Delete the person" }).count()).toBe(0);
  expect(wrongs).toEqual([]);
  await context.close();
});

test("an invitation that was used up says so", async () => {
  const { page, context } = await open(browser, server);
  await page.goto("/invitation#nothing");
  await page.getByLabel(/^New password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Choose and sign in" }).click();
  await page.getByRole("alert").getByText("What to do").waitFor();
  await context.close();
});

test("where a second factor is asked for it is set up at the first sign-in, and asked at the next", async () => {
  const { page, context, wrongs } = await open(browser, server);
  const path = await invite("tom@demo.test", "viewer");
  await server.ask("PUT", "/tenants/demo/sign-in-policy", { second_factor_required: true });
  await page.goto(path);
  await page.getByLabel(/^New password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Choose and sign in" }).click();
  await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
  const secret = await page.locator("pre").innerText();
  await picture(page, "second-factor-setup");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel(/^Code/).fill(totp(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  const code = await page.getByRole("listitem").first().innerText();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("E-mail address").fill("tom@demo.test");
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel(/^Code/).fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  // A code of the app is good once, and this step's was used: a recovery code is as good.
  await page.getByLabel(/^Code/).fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  expect(wrongs).toEqual([]);
  await context.close();
});

test("a person changes their password, sets up a second factor and ends other sessions", async () => {
  const { page, context, wrongs } = await open(browser, server);
  await server.ask("PUT", "/tenants/demo/sign-in-policy", { second_factor_required: false });
  await page.goto(await invite("olga@demo.test", "viewer"));
  await page.getByLabel(/^New password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Choose and sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  const elsewhere = await open(browser, server);
  await elsewhere.page.goto("/sign-in");
  await elsewhere.page.getByLabel("E-mail address").fill("olga@demo.test");
  await elsewhere.page.getByLabel(/^Password/).fill(PASSWORD);
  await elsewhere.page.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.page.getByRole("heading", { level: 1, name: "Home" }).waitFor();

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("button", { name: "End all others" }).waitFor({ state: "hidden" });
  await elsewhere.page.reload();
  await elsewhere.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await elsewhere.context.close();

  await page.getByLabel(/^Password now/).last().fill(PASSWORD);
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const secret = await page.locator("pre").innerText();
  await page.getByLabel(/^Code/).fill(totp(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByText("An authenticator app is set up.", { exact: false }).waitFor();
  await page.getByLabel(/^Password now/).first().fill(PASSWORD);
  await page.getByLabel(/^New password/).fill(`${PASSWORD} and more`);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("Saved.", { exact: false }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
  await context.close();
});

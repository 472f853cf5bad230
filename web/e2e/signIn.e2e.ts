import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { launch, open, picture, signIn } from "./browser";
import { ADMIN, PASSWORD, Server } from "./server";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

test("a wrong password is told in words, and the right one leads on to where somebody wanted to be", async () => {
  const { page, context, wrongs } = await open(browser, server);
  await page.goto("/t/demo/numbers?f.kind=user");
  await page.getByLabel("E-mail address").fill(ADMIN);
  await page.getByLabel(/^Password/).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("What to do").waitFor();
  expect(await page.getByLabel("E-mail address").inputValue()).toBe(ADMIN);
  await picture(page, "sign-in");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Numbers" }).waitFor();
  expect(new URL(page.url()).search).toBe("?f.kind=user");
  expect(wrongs).toEqual([]);
  await context.close();
});

test("who signed out sees nothing more, also by the way back", async () => {
  const { page, context } = await open(browser, server);
  await signIn(page);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto("/t/demo/people");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await context.close();
});

test("a session that ends asks to sign in again, and what was typed stays", async () => {
  const { page, context } = await open(browser, server);
  await signIn(page);
  await page.goto("/t/demo/people?open=new");
  await page.getByLabel("Name").fill("Erin Evans");
  await context.clearCookies();
  await page.getByLabel("Extension").fill("150");
  await page.getByRole("dialog").getByRole("button", { name: "Add a person" }).click();
  await page.getByText("Your session ended").waitFor();
  await page.getByLabel("E-mail address").last().fill(ADMIN);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Your session ended").waitFor({ state: "hidden" });
  expect(await page.getByLabel("Name").inputValue()).toBe("Erin Evans");
  await context.close();
});

test("the server goes away and comes back, and the page says so", async () => {
  const { page, context } = await open(browser, server);
  await signIn(page);
  await server.stop();
  await page.getByRole("status").getByText("The server does not answer").waitFor();
  await picture(page, "away");
  await server.run();
  await page.getByText("The server is back").waitFor();
  await context.close();
});

test("the pages speak German, in dark colors as well", async () => {
  const { page, context, wrongs } = await open(browser, server);
  await signIn(page);
  await page.getByLabel("Language").selectOption("de");
  await page.getByRole("heading", { level: 1, name: "Übersicht" }).waitFor();
  await page.getByRole("button", { name: "Dunkle Farben" }).click();
  await picture(page, "home-de-dark");
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
  await context.close();
});

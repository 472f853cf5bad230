import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { axe } from "./axe";
import { ADMIN, PASSWORD, type Server } from "./server";

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Where pictures are put, if somewhere. */
const PICTURES = process.env["PICTURES"];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** A page with whatever went wrong in it: errors of scripts, and what the policy of the page forbade. */
export type Watched = { page: Page; context: BrowserContext; wrongs: string[] };

export async function open(browser: Browser, server: Server, size = { width: 1280, height: 800 }, locale = "en-US"): Promise<Watched> {
  const context = await browser.newContext({ baseURL: server.url, viewport: size, locale });
  const page = await context.newPage();
  const wrongs: string[] = [];
  page.on("pageerror", (error) => wrongs.push(String(error)));
  page.on("console", (message) => {
    // What the API refuses the browser notes as well: that is no fault of the page.
    const isOfApi = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isOfApi) wrongs.push(message.text());
  });
  return { page, context, wrongs };
}

export async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(ADMIN);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: /Home|Organizations/ }).waitFor();
}

/** A page whose browser prefers German, signed in. */
export async function inGerman(browser: Browser, server: Server, size = { width: 1280, height: 800 }): Promise<Watched> {
  const watched = await open(browser, server, size, "de-DE");
  const { page } = watched;
  await page.goto("/sign-in");
  await page.getByLabel("E-Mail-Adresse").fill(ADMIN);
  await page.getByRole("textbox", { name: "Passwort" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.getByRole("heading", { level: 1 }).filter({ hasNotText: "Anmelden" }).waitFor();
  return watched;
}

/** Opens pages in German, each of which has a title, and says what went wrong in any of them or is wrong with it for axe. */
export async function wrongInGerman(browser: Browser, server: Server, pages: readonly (readonly [path: string, title: string])[]): Promise<string[]> {
  const { page, wrongs, context } = await inGerman(browser, server);
  const found: string[] = [];
  for (const [path, title] of pages) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    await picture(page, `german-${path.replaceAll(/[^a-z-]/g, "")}`);
    found.push(...(await axe(page)).map((wrong) => `${path}: ${wrong}`));
  }
  await context.close();
  return [...found, ...wrongs];
}

/** Waits until what moves on the page has come to its place; what moves for ever goes on. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ends = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
    await Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
}

export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

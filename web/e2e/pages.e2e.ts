import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROVIDER_SECTIONS, SECTIONS } from "../src/paths";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn } from "./browser";
import { Server } from "./server";

let server: Server;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  watched = await open(browser, server);
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

const PATHS = [...SECTIONS, "queues/new", "attendants/new", "people?open=new", "numbers?open=new", "trunks?open=new"];

test.each(PATHS)("axe finds nothing on %s, in light and dark", async (path) => {
  const { page, wrongs } = watched;
  await page.goto(`/t/demo/${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  for (const colors of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: colors });
    await picture(page, `${path.replaceAll(/[^a-z-]/g, "-")}-${colors}`);
    expect(await axe(page)).toEqual([]);
  }
  expect(wrongs).toEqual([]);
});

test.each(PROVIDER_SECTIONS)("axe finds nothing on %s of the server, in light and dark", async (section) => {
  const { page, wrongs } = watched;
  await page.goto(`/provider/${section}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  for (const colors of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: colors });
    await picture(page, `provider-${section}-${colors}`);
    expect(await axe(page)).toEqual([]);
  }
  expect(wrongs).toEqual([]);
});

test("a page fits a telephone, with the navigation in a drawer", async () => {
  const { page, context } = await open(browser, server, { width: 390, height: 800 });
  await signIn(page);
  await page.goto("/t/demo/home");
  await page.getByRole("button", { name: "Open the navigation" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "People" }).click();
  await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
  await picture(page, "people-phone");
  const wide: string[] = [];
  for (const path of [...SECTIONS.map((section) => `/t/demo/${section}`), ...PROVIDER_SECTIONS.map((section) => `/provider/${section}`)]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const width = Number(await page.evaluate("document.documentElement.scrollWidth"));
    if (width > 390) wide.push(`${path}: ${width}`);
  }
  expect(wide).toEqual([]);
  await context.close();
});

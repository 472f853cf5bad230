// Scrolls, searches, sorts and filters a list of 100,000 people, and says how long the page's main thread was busy at once.
// What counts is the time of the processor: others on the machine take nothing away from that.
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { test } from "vitest";
import { launch, open, settled, signIn } from "../e2e/browser";
import { Server } from "../e2e/server";

const PEOPLE = 100_000;
const STEPS = 400;
const LONG_MILLIS = 50;

type TraceEvent = { name: string; ph: string; tid: number; pid: number; dur?: number; tdur?: number; args?: { name?: string } };

/** How long tasks of the page took while something was done in it. */
async function measured(browser: Browser, page: Page, what: string, act: () => Promise<void>): Promise<void> {
  const path = join(tmpdir(), `trunkline-${what.replaceAll(" ", "-")}.json`);
  await page.evaluate(`
    window.frames50 = []; window.measures = true; let last = performance.now();
    const frame = (now) => { window.frames50.push(now - last); last = now; if (window.measures) requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  `);
  await browser.startTracing(page, { path, categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] });
  await act();
  await browser.stopTracing();
  const frames = (await page.evaluate("window.measures = false; window.frames50")) as number[];
  const { traceEvents } = JSON.parse(await readFile(path, "utf8")) as { traceEvents: TraceEvent[] };
  const mains = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = traceEvents.filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid} ${tid}`));
  const busy = tasks.map(({ dur = 0, tdur }) => (tdur ?? dur) / 1_000).sort((a, b) => b - a);
  const late = frames.filter((millis) => millis > LONG_MILLIS).length;
  console.log(
    JSON.stringify({
      what,
      tasks: tasks.length,
      longestCpuMillis: busy.slice(0, 5).map((millis) => Math.round(millis)),
      over50Cpu: busy.filter((millis) => millis > LONG_MILLIS).length,
      frames: frames.length,
      framesOver50Wall: late,
    }),
  );
}

/** Waits until the page was drawn once more. */
async function frame(page: Page): Promise<void> {
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(drawn))");
}

/** Does what has the list read anew, and waits until what came is drawn. */
async function readAgain(page: Page, act: () => Promise<void>): Promise<void> {
  const answered = page.waitForResponse(/\/users\?/);
  await act();
  await answered;
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  await settled(page);
}

test("scrolling, searching, sorting and filtering", async () => {
  const server = await Server.start();
  const browser = await launch();
  const { page } = await open(browser, server);
  await signIn(page);
  const person = (place: number) => ({
    id: String(place),
    display_name: `Person ${place}`,
    extension: String(10_000 + place),
    numbers: [`+1425555${String(place).padStart(4, "0")}`],
    licenses: ["Phone System", "Domestic Calling Plan"],
    registrations: [],
    presence: "available",
    enabled: true,
    ring_seconds: 20,
    voice_enabled: true,
  });
  await page.route(/\/users(\?|$)/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const limit = Number(query.get("limit") ?? 100);
    const from = Number(query.get("cursor") ?? 0);
    const items = Array.from({ length: Math.min(limit, PEOPLE - from) }, (_, place) => person(from + place));
    const next_cursor = from + limit < PEOPLE ? String(from + limit) : null;
    await route.fulfill({ json: { items, next_cursor } });
  });
  await page.goto("/t/demo/people");
  await page.getByRole("link", { name: "Person 0", exact: true }).waitFor();
  // What the first drawing took is another matter.
  await settled(page);
  const place = page.getByRole("region", { name: "Rows" });
  await place.hover();
  await measured(browser, page, "scroll from the top", async () => {
    for (let step = 0; step < STEPS; step += 1) {
      await page.mouse.wheel(0, 900);
      await frame(page);
    }
  });
  // As somebody does who read on to the last of them.
  const rows = () => page.evaluate("document.querySelector('table').getAttribute('aria-rowcount')");
  for (let tries = 0; tries < 2_000 && (await rows()) === "-1"; tries += 1) {
    await page.evaluate("(() => { const place = document.querySelector('table').parentElement; place.scrollTop = place.scrollHeight; })()");
    await frame(page);
  }
  console.log(`read ${String(await rows())} rows`);
  await measured(browser, page, "scroll among all", async () => {
    for (let step = 0; step < STEPS; step += 1) {
      await page.mouse.wheel(0, step % 2 === 0 ? -3_600 : -900);
      await frame(page);
    }
  });
  await measured(browser, page, "jump from end to end", async () => {
    for (let step = 0; step < 40; step += 1) {
      await page.evaluate(`(() => { const place = document.querySelector('table').parentElement; place.scrollTop = place.scrollHeight * ${(step % 10) / 10}; })()`);
      await settled(page);
    }
  });
  await measured(browser, page, "search", async () => {
    await readAgain(page, () => page.getByRole("searchbox").fill("Person 7"));
  });
  await measured(browser, page, "sort", async () => {
    await readAgain(page, () => page.getByRole("button", { name: "Extension" }).click());
  });
  await measured(browser, page, "filter", async () => {
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByLabel("Filter by").selectOption("enabled");
    await readAgain(page, () => page.getByRole("button", { name: "Apply" }).click());
  });
  await browser.close();
  await server.end();
}, 600_000);

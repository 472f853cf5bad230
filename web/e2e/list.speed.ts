// Scrolls through a list of 100,000 people and says how long the longest frames took.
import { test } from "vitest";
import { launch, open, signIn } from "../e2e/browser";
import { Server } from "../e2e/server";

const PEOPLE = 100_000;
const STEPS = 400;

test("scrolling, searching and sorting", async () => {
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
  await page.waitForTimeout(1_000);
  await page.evaluate(`
    window.long = [];
    new PerformanceObserver((list) => list.getEntries().forEach((one) => window.long.push(Math.round(one.duration)))).observe({ entryTypes: ["longtask"] });
    window.frames = []; let last = performance.now();
    const frame = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  `);
  const place = page.getByRole("region", { name: "Rows" });
  await place.hover();
  for (let step = 0; step < STEPS; step += 1) {
    await page.mouse.wheel(0, 900);
    await page.waitForTimeout(16);
  }
  const shown = await page.getByRole("status").first().innerText();
  const found = await page.evaluate("({ long: window.long, frames: window.frames.sort((a, b) => b - a).slice(0, 10).map(Math.round), count: window.frames.length })");
  console.log(JSON.stringify({ shown, ...(found as object) }));
  await page.evaluate("window.long = []");
  await page.getByRole("searchbox").fill("Person 7");
  await page.waitForTimeout(1500);
  await page.getByRole("button", { name: "Extension" }).click();
  await page.waitForTimeout(1500);
  console.log("search and sort", JSON.stringify(await page.evaluate("window.long")));
  await browser.close();
  await server.end();
});

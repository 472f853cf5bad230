import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, inGerman, launch, open, picture, signIn } from "./browser";
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

test("a number that nobody has is kept from everybody for a while, and given free", async () => {
  const { page, wrongs } = watched;
  await server.ask("POST", "/tenants/demo/numbers", { numbers: ["+12065550150"], kind: "user" });
  await page.goto(`/t/demo/numbers?open=${encodeURIComponent("+12065550150")}`);
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Given to nobody for days/).fill("10");
  await panel.getByRole("button", { name: "Keep it from everybody" }).click();
  await panel.getByText("This number is given to nobody until", { exact: false }).waitFor();
  await picture(page, "number-blocked");
  expect(await axe(page)).toEqual([]);
  const shown = () => server.ask("GET", "/tenants/demo/numbers/+12065550150") as Promise<{ state: string }>;
  expect((await shown()).state).toBe("blocked");
  await panel.getByRole("button", { name: "Give it free" }).click();
  await panel.getByRole("button", { name: "Keep it from everybody" }).waitFor();
  expect((await shown()).state).toBe("unassigned");
  // Whose number is somebody's is not blocked.
  await page.goto(`/t/demo/numbers?open=${encodeURIComponent("+14255550101")}`);
  await panel.getByRole("heading", { name: "History" }).waitFor();
  expect(await panel.getByRole("button", { name: "Keep it from everybody" }).count()).toBe(0);
  expect(wrongs).toEqual([]);
});

test("callers who are called back are seen with their queue, in both languages, and can be given up", async () => {
  const { items } = (await server.ask("GET", "/tenants/demo/call-queues")) as { items: { id: string; name: string }[] };
  const sales = items.find(({ name }) => name === "Sales")?.id;
  const waiting = {
    id: "0192f0c1-0000-7000-8000-000000000003",
    number: "+12065550123",
    priority: 3,
    state: "waiting",
    asked_at: "2026-05-04T10:00:00Z",
    expires_at: "2026-05-04T12:00:00Z",
    attempts: 1,
    next_attempt_at: "2026-05-04T10:05:00Z",
  };
  for (const { page, wrongs, context, words } of [
    { ...watched, words: { group: "Callers who are called back", state: "Given up", act: "Do not call +12065550123 back" } },
    {
      ...(await inGerman(browser, server)),
      words: { group: "Anrufer, die zurückgerufen werden", state: "Aufgegeben", act: "+12065550123 nicht zurückrufen" },
    },
  ]) {
    let isGivenUp = false;
    await context.route(/\/callbacks(\/|\?|$)/, (route) => {
      if (route.request().method() === "GET") return route.fulfill({ json: { items: [isGivenUp ? { ...waiting, state: "cancelled" } : waiting] } });
      isGivenUp = true;
      return route.fulfill({ status: 204 });
    });
    await page.goto(`/t/demo/queues?open=${sales}`);
    const group = page.getByRole("group", { name: words.group });
    await group.getByText("+12065550123", { exact: true }).waitFor();
    await picture(page, "callbacks");
    expect(await axe(page)).toEqual([]);
    await group.getByRole("button", { name: words.act }).click();
    await group.getByText(words.state, { exact: true }).waitFor();
    expect(wrongs).toEqual([]);
  }
});

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { launch, open, picture, signIn } from "./browser";
import { Caller } from "./caller";
import { Server } from "./server";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

test("who calls is seen waiting at once, is hung up on, and is in the list of calls", async () => {
  const { page, wrongs } = await open(browser, server);
  const caller = await Caller.open(server.sip);
  await server.ask("POST", "/tenants/demo/trunks", { name: "outside", host: "127.0.0.1", sources: [caller.address] });
  await signIn(page);
  await page.goto("/t/demo/live");
  const queue = page.getByRole("article", { name: "Sales" });
  await queue.getByText("Bob Brown", { exact: true }).waitFor();

  // An agent pauses, which all who look at the queue see with the reason, and takes calls again.
  const bob = queue.getByRole("list", { name: "Agents" }).getByRole("listitem").filter({ hasText: "Bob Brown" });
  await bob.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Pause …" }).click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("combobox", { name: "Reason" }).fill("Lunch");
  await page.keyboard.press("Escape");
  await picture(page, "agent-pause");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Pause now" }).click();
  await bob.getByText("Paused: Lunch").waitFor();
  const { items: queues } = (await server.ask("GET", "/tenants/demo/call-queues")) as { items: { id: string; name: string }[] };
  const sales = queues.find(({ name }) => name === "Sales")?.id;
  expect(await server.ask("GET", `/tenants/demo/call-queues/${sales}/live`)).toMatchObject({
    agents: expect.arrayContaining([expect.objectContaining({ display_name: "Bob Brown", pause_reason: "Lunch" })]),
  });
  await picture(page, "live-paused");
  expect(await axe(page)).toEqual([]);
  // He has no phone here, and pauses all the same; so says the wallboard.
  await page.goto("/t/demo/wallboard");
  const board = page.getByRole("article", { name: "Sales" });
  await board.getByRole("row").filter({ hasText: "Bob Brown" }).getByText("Paused: Lunch").waitFor();
  await board.getByRole("row").filter({ hasText: "Carol Chen" }).getByText("No phone").waitFor();
  await picture(page, "wallboard-paused");
  expect(await axe(page)).toEqual([]);
  await page.goto("/t/demo/live");
  await bob.getByRole("button").click();
  await page.getByRole("menuitem", { name: "End the pause" }).click();
  await bob.getByText("Paused: Lunch").waitFor({ state: "detached" });

  caller.call("+12065550123", "+14255550110");
  await caller.answered;
  await queue.getByRole("list", { name: "Waiting" }).getByText("+12065550123").waitFor({ timeout: 3_000 });
  await picture(page, "live-waiting");
  await page.getByRole("button", { name: "Hang up" }).click();
  await caller.ended;
  await page.getByText("No call goes on.").waitFor();
  caller.close();

  await page.goto("/t/demo/call-records");
  await page.getByRole("link").filter({ hasText: /20\d\d/ }).first().click();
  await page.getByRole("dialog").getByText("An administrator", { exact: true }).waitFor();
  await picture(page, "call");
  expect(wrongs).toEqual([]);
});

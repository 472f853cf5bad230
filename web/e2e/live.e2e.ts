import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
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

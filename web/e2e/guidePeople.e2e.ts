import { readFile } from "node:fs/promises";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { CHROMIUM, type Watched, inGerman, open, picture, settled, signIn } from "./browser";
import { Server } from "./server";

// The pictures of the guide for people: Alice's phone, and Bob's, each in a browser.

const GUIDE = new URL("../../docs/guide/people.md", import.meta.url).pathname;
const SIZE = { width: 1100, height: 760 };

let server: Server;
let browser: Browser;
let alice: Watched;
let bob: Watched;

beforeAll(async () => {
  server = await Server.start();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"],
  });
  [alice, bob] = [await phoneOf("101"), await phoneOf("102")];
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

async function phoneOf(extension: string): Promise<Watched> {
  const watched = await open(browser, server, SIZE);
  await signIn(watched.page);
  await watched.page.goto(`/phone?tenant=demo&as=${extension}`);
  await watched.page.getByText("Ready", { exact: true }).waitFor();
  return watched;
}

/** Takes a picture that the guide for people shows. */
async function shown(page: Page, name: string): Promise<void> {
  await settled(page);
  await picture(page, name);
  expect(await axe(page)).toEqual([]);
  expect(await readFile(GUIDE, "utf8")).toContain(`(pictures/${name}.png)`);
}

test("pictures of a call between two people in browsers", async () => {
  await alice.page.getByLabel("Name or number").fill("bo");
  await alice.page.getByRole("button", { name: /Bob Brown/ }).waitFor();
  await shown(alice.page, "own-phone");
  await alice.page.getByRole("button", { name: /Bob Brown/ }).click();
  const incoming = bob.page.getByRole("article", { name: "Call with Alice Adams" });
  await incoming.getByText("Incoming call").waitFor();
  await shown(bob.page, "own-phone-incoming");
  await incoming.getByRole("button", { name: "Answer" }).click();
  const call = alice.page.getByRole("article", { name: "Call with Bob Brown" });
  await call.getByText("In call").waitFor();
  await call.getByRole("button", { name: "Keypad" }).click();
  await shown(alice.page, "own-phone-call");
  await call.getByRole("button", { name: "Transfer" }).click();
  await call.getByLabel("Transfer to name or number").fill("car");
  await call.getByRole("button", { name: /Carol/ }).waitFor();
  await shown(alice.page, "own-phone-transfer");
  await call.getByRole("button", { name: "Hang up" }).click();
  await alice.page.getByText("Outgoing", { exact: false }).first().waitFor();
  expect([...alice.wrongs, ...bob.wrongs]).toEqual([]);
});

test("the phone is there in German as well", async () => {
  const { page, wrongs, context } = await inGerman(browser, server, SIZE);
  await page.goto("/phone?tenant=demo&as=103");
  await page.getByText("Bereit", { exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
  await context.close();
});

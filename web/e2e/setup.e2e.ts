import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { launch, open, picture, signIn } from "./browser";
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

type Steps = { items: { number: number; state: string }[] };

test("from nothing to a main number with attendant, queue and two people, in the browser alone", async () => {
  const { page, wrongs } = await open(browser, server);
  onTestFailed(() => picture(page, "setup-failed"));
  await signIn(page);
  await makeOrganization(page);
  await picture(page, "setup-0-empty");

  await step(page, "Set seats");
  await setSeats(page, /Phone System/, "10");
  await page.goto("/t/acme/licenses?open=new");
  await setSeats(page, /Resource Account/i, "5");

  await page.goto("/t/acme/home");
  await step(page, "Add a person");
  await addPerson(page, "Ann Archer", "101");
  await page.getByRole("button", { name: "Add another" }).click();
  await addPerson(page, "Bo Baker", "102");

  await page.goto("/t/acme/home");
  await step(page, "Add a trunk");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("carrier");
  await panel.getByRole("textbox", { name: "Host", exact: true }).fill("127.0.0.1");
  await panel.getByLabel("Addresses that calls come from").fill("127.0.0.1");
  await panel.getByLabel("Addresses that calls come from").press("Enter");
  await panel.getByRole("button", { name: "Add a trunk" }).click();
  await page.getByRole("link", { name: "carrier" }).waitFor();

  await page.goto("/t/acme/home");
  await step(page, "Add numbers");
  await addNumbers(page, "user", "+14255550401-+14255550402");
  await addNumbers(page, "service_toll", "+14255550410\n+14255550411");
  await page.goto("/t/acme/people");
  await giveNumber(page, "Ann Archer", "+14255550401");
  await giveNumber(page, "Bo Baker", "+14255550402");

  await page.goto("/t/acme/home");
  await step(page, "Add a queue");
  await makeQueue(page);
  await page.goto("/t/acme/home");
  await step(page, "Add an attendant");
  await makeAttendant(page);

  await page.goto("/t/acme/home");
  await page.getByText("Nothing needs attention").waitFor();
  await picture(page, "setup-7-done");
  const { items } = (await server.ask("GET", "/tenants/acme/setup")) as Steps;
  expect(items.filter(({ state }) => state === "lacking")).toEqual([]);
  expect(items.slice(0, 6).map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => "done"));
  expect(wrongs).toEqual([]);
});

async function makeOrganization(page: Page): Promise<void> {
  await page.goto("/tenants/new");
  await page.getByLabel(/^Name/).fill("Acme");
  await page.getByLabel("Short name").fill("acme");
  await page.getByLabel("SIP domain").fill("acme.test");
  await page.getByRole("button", { name: "Add an organization" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
}

/** Follows the next action of one of the seven steps. */
async function step(page: Page, words: string): Promise<void> {
  await page.getByRole("list").filter({ has: page.getByRole("heading", { level: 3 }) }).getByRole("link", { name: words }).first().click();
}

async function setSeats(page: Page, plan: RegExp, seats: string): Promise<void> {
  if (!page.url().includes("open=new")) await page.getByRole("button", { name: "Add seats of a plan" }).first().click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("combobox", { name: "Plan" }).click();
  await page.getByRole("option", { name: plan }).first().click();
  await panel.getByLabel("Seats").fill(seats);
  await panel.getByRole("button", { name: "Save" }).click();
  await panel.waitFor({ state: "hidden" });
}

async function addPerson(page: Page, name: string, extension: string): Promise<void> {
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill(name);
  await panel.getByLabel("Extension").fill(extension);
  await panel.getByRole("combobox", { name: "Licenses" }).click();
  await page.getByRole("option", { name: /Phone System/ }).first().click();
  await panel.getByLabel(/^Name/).click();
  await panel.getByRole("button", { name: "Add a person" }).click();
  await panel.getByText(`${name} was added`).waitFor();
}

async function addNumbers(page: Page, kind: string, lines: string): Promise<void> {
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Numbers").fill(lines);
  await panel.getByLabel("Kind").selectOption(kind);
  await panel.getByRole("button", { name: "Add numbers" }).click();
  await expect.poll(() => panel.getByLabel("Numbers").inputValue()).toBe("");
}

async function giveNumber(page: Page, name: string, number: string): Promise<void> {
  await page.getByRole("link", { name }).click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("combobox", { name: "Give a free number" }).click();
  await page.getByRole("option", { name: number }).click();
  await panel.getByRole("button", { name: "Give" }).last().click();
  await panel.getByText("No number.").waitFor({ state: "hidden" });
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
}

async function makeQueue(page: Page): Promise<void> {
  const next = page.getByRole("button", { name: "Next", exact: true });
  await page.getByLabel(/^Name/).fill("Sales");
  await next.click();
  for (const name of ["Ann Archer", "Bo Baker"]) {
    await page.getByRole("combobox", { name: "Agents" }).fill(name);
    await page.getByRole("option", { name: new RegExp(name) }).click();
  }
  for (const title of ["Who is asked next", "Too many callers", "Too long a wait", "Number"]) {
    await next.click();
    await page.getByRole("heading", { level: 2, name: title, exact: true }).waitFor();
  }
  await page.getByRole("combobox", { name: "Service number" }).click();
  await page.getByRole("option", { name: "+14255550411" }).click();
  await next.click();
  await picture(page, "queue-summary");
  await page.getByRole("button", { name: "Add a queue" }).click();
  await page.getByRole("link", { name: "Sales" }).waitFor();
}

async function makeAttendant(page: Page): Promise<void> {
  const next = page.getByRole("button", { name: "Next", exact: true });
  await page.getByLabel(/^Name/).fill("Main menu");
  await next.click();
  await page.getByLabel("Greeting").fill("Welcome to Acme.");
  await next.click();
  await page.getByLabel("What the menu says").fill("For sales, press one.");
  await page.getByRole("button", { name: "Add a key" }).click();
  await page.getByLabel("Where to").selectOption("call_queue");
  await page.getByRole("combobox", { name: "Call queue" }).click();
  await page.getByRole("option", { name: "Sales" }).click();
  await picture(page, "attendant-menu");
  await next.click();
  await page.getByRole("heading", { level: 2, name: "Operator" }).waitFor();
  await next.click();
  await page.getByRole("combobox", { name: "Service number" }).click();
  await page.getByRole("option", { name: "+14255550410" }).click();
  await next.click();
  await page.getByRole("button", { name: "Add an attendant" }).click();
  await page.getByRole("link", { name: "Main menu" }).waitFor();
}

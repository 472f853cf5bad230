import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, launch, open, picture, signIn, wrongInGerman } from "./browser";
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

type List<T> = { items: T[] };

const list = async <T>(path: string) => ((await server.ask("GET", `/tenants/demo/${path}`)) as List<T>).items;

test("callers are blocked by a pattern, which is tried at once", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/call-blocks?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Premium abroad");
  await panel.getByLabel(/^Pattern/).fill("(");
  await panel.getByRole("button", { name: "Add a call block" }).click();
  // What is wrong with the pattern stands beside it.
  await expect.poll(() => panel.getByLabel(/^Pattern/).getAttribute("aria-invalid")).toBe("true");
  await panel.getByLabel(/^Pattern/).fill("^\\+4490");
  await panel.getByRole("button", { name: "Add a call block" }).click();
  const row = page.getByRole("row").filter({ hasText: "Premium abroad" });
  await row.getByText("Refuse").waitFor();
  await page.getByRole("combobox", { name: "Try callers" }).fill("+4490123456");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByText("+4490123456 is refused by Premium abroad.").waitFor();
  await picture(page, "call-blocks");
  expect(await axe(page)).toEqual([]);
  await row.getByRole("link").click();
  await panel.getByLabel("What becomes of them").selectOption("redirect");
  await panel.getByRole("combobox", { name: "Service" }).click();
  const [service] = await list<{ display_name: string }>("resource-accounts");
  await page.getByRole("option", { name: service?.display_name ?? "" }).click();
  await panel.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => list("call-blocks")).toMatchObject([{ name: "Premium abroad", action: "redirect" }]);
  expect(wrongs).toEqual([]);
});

test("calls to a number that nobody has are taken by an announcement", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/unassigned-numbers?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Old office");
  await panel.getByLabel(/^Pattern/).fill("^\\+1206555\\d{4}$");
  await panel.getByLabel(/^What callers hear/).fill("Nobody is here any more.");
  await picture(page, "unassigned-number-new");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Add a treatment" }).click();
  await page.getByRole("row").filter({ hasText: "Old office" }).getByText("Nobody is here any more.").waitFor();
  await page.getByRole("combobox", { name: "Try called numbers" }).fill("+12065550190");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByText("Calls to +12065550190 are taken by Old office.").waitFor();
  await picture(page, "unassigned-numbers");
  expect(await list("unassigned-numbers")).toMatchObject([{ target: { type: "announcement", prompt: { type: "text", text: "Nobody is here any more." } } }]);
  expect(wrongs).toEqual([]);
});

test("a number is used at an address only after somebody vouched for that", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/civic-addresses?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("Head office");
  await panel.getByLabel(/^Who is found there/).fill("Demo");
  await panel.getByLabel(/^Country/).fill("us");
  await panel.getByRole("button", { name: "Add an address" }).click();
  const row = page.getByRole("row").filter({ hasText: "Head office" });
  await row.getByText("Not vouched for").waitFor();
  await row.getByRole("link").click();
  await panel.getByRole("button", { name: "Vouch for it" }).click();
  // The server tells what is missing.
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel(/^House number/).fill("350");
  await panel.getByLabel("Street", { exact: true }).fill("Example Avenue");
  await panel.getByLabel(/^City/).fill("New York");
  await panel.getByLabel(/^State or province/).fill("NY");
  await panel.getByLabel(/^Postal code/).fill("10001");
  await panel.getByLabel(/^Latitude/).fill("40.7484");
  await panel.getByLabel(/^Longitude/).fill("-73.9857");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => list("civic-addresses")).toMatchObject([{ country: "US", city: "New York" }]);
  await page.reload();
  await panel.getByRole("button", { name: "Vouch for it" }).click();
  await panel.getByText("Vouched for", { exact: true }).waitFor();
  await picture(page, "civic-address");
  expect(await axe(page)).toEqual([]);

  await server.ask("POST", "/tenants/demo/numbers", { numbers: ["+12065550150"], kind: "user" });
  await page.goto(`/t/demo/numbers?open=${encodeURIComponent("+12065550150")}`);
  await panel.getByRole("combobox", { name: "Civic addresses" }).click();
  await page.getByRole("option", { name: "Head office" }).click();
  await panel.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => server.ask("GET", "/tenants/demo/numbers/+12065550150")).toMatchObject({ address: { name: "Head office" } });
  expect(wrongs).toEqual([]);
});

test("an import tells line by line what would become of it, and what did", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/people?open=import");
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Or paste its lines").fill("extension,display_name\n101,Alice Adams\n102,Bobby Brown\n180,Fay Fox\nx,Nobody");
  await panel.getByRole("button", { name: "Try, and change nothing" }).click();
  const lines = panel.getByRole("region", { name: "What becomes of each line" });
  await lines.getByText("Fails").waitFor();
  const outcomes = async () => {
    const cells = await lines.getByRole("row").allInnerTexts();
    return cells.slice(1).map((cell) => cell.split("\t").slice(0, 3).map((text) => text.trim()));
  };
  expect(await outcomes()).toEqual([
    ["5", "x Nobody", "Fails"],
    ["2", "101 Alice Adams", "Unchanged"],
    ["3", "102 Bobby Brown", "Changed"],
    ["4", "180 Fay Fox", "New"],
  ]);
  await picture(page, "import-tried");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Carry out 3 lines" }).click();
  await panel.getByText("1 of 4 failed").waitFor();
  const kept = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Keep the result as CSV" }).click();
  expect((await kept).suggestedFilename()).toBe("result.csv");
  expect(await server.ask("GET", "/tenants/demo/users/102")).toMatchObject({ display_name: "Bobby Brown" });
  expect(wrongs).toEqual([]);
});

test("the pages of places and callers say the same in German", async () => {
  const wrongs = await wrongInGerman(browser, server, [
    ["/t/demo/call-blocks?open=new", "Anrufsperren"],
    ["/t/demo/unassigned-numbers?open=new", "Unvergebene Nummern"],
    ["/t/demo/civic-addresses?open=new", "Postanschriften"],
  ]);
  expect(wrongs).toEqual([]);
});

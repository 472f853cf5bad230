import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Watched, launch, open, signIn } from "./browser";
import { Server } from "./server";

let server: Server;
let browser: Browser;
let watched: Watched;

/** A name that would run if it were taken for a part of the page. */
const SCRIPT = "<img src=x onerror=alert(1)>";

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  await server.ask("POST", "/tenants/demo/users", { extension: "170", display_name: SCRIPT });
  watched = await open(browser, server);
  await signIn(watched.page);
});

afterAll(async () => {
  await browser.close();
  await server.end();
});

test("the whole view is in the address: whoever opens it sees the same", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people");
  await page.getByRole("searchbox").fill("car");
  await page.getByRole("link", { name: "Carol Chen" }).waitFor();
  await page.getByRole("link", { name: "Alice Adams" }).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Extension" }).click();
  await page.getByRole("link", { name: "Carol Chen" }).click();
  await page.getByRole("dialog").getByLabel("Name").waitFor();
  const address = page.url();
  expect(new URL(address).searchParams.get("q")).toBe("car");
  await page.goto(address);
  expect(await page.getByRole("dialog").getByLabel("Name").inputValue()).toBe("Carol Chen");
  await page.keyboard.press("Escape");
  expect(await page.getByRole("searchbox").inputValue()).toBe("car");
});

test("a filter is a chip that can be taken away", async () => {
  const { page } = watched;
  await page.goto("/t/demo/numbers");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByLabel("Kind").selectOption("service_toll_free");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("link", { name: "+14255550101" }).waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "+18005550199" }).waitFor();
  await page.getByRole("button", { name: /^Remove the filter Kind/ }).click();
  await page.getByRole("link", { name: "+14255550101" }).waitFor();
});

test("what is exported is what is shown", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people?q=bob&columns=name,extension");
  await page.getByRole("link", { name: "Bob Brown" }).waitFor();
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "As CSV" }).click(),
  ]);
  expect(await readFile(await download.path(), "utf8")).toBe("Name,Extension\r\nBob Brown,102\r\n");
});

test("a name with a script in it is a name", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/people");
  await page.getByRole("link", { name: SCRIPT }).waitFor();
  expect(await page.locator("img").count()).toBe(0);
  expect(wrongs).toEqual([]);
});

test("who saves what somebody else changed meanwhile is asked whose is to stand", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people?q=dan");
  await page.getByRole("link", { name: "Dan Diaz" }).click();
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Department").fill("Mine");
  await server.ask("PATCH", "/tenants/demo/users/104", { department: "Theirs" });
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByText("Changed by somebody else").waitFor();
  await panel.getByRole("button", { name: "Save mine" }).click();
  await expect.poll(async () => await server.ask("GET", "/tenants/demo/users/104")).toMatchObject({ department: "Mine" });

  await panel.getByLabel("Department").fill("Mine again");
  await server.ask("PATCH", "/tenants/demo/users/104", { department: "Theirs again" });
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByRole("button", { name: "Show theirs" }).click();
  await expect.poll(() => panel.getByLabel("Department").inputValue()).toBe("Theirs again");
});

test("a change by somebody else is seen without reading the page again", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people");
  await page.getByRole("link", { name: "Alice Adams" }).waitFor();
  await server.ask("PATCH", "/tenants/demo/users/101", { display_name: "Alice Avery" });
  await page.getByRole("link", { name: "Alice Avery" }).waitFor();
});

test("licenses are given to all who are chosen", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people?q=dan");
  await page.getByLabel("Choose Dan Diaz").check();
  await page.getByRole("toolbar").getByRole("button", { name: "Licenses" }).click();
  await page.getByRole("dialog").getByRole("combobox", { name: "Licenses" }).click();
  await page.getByRole("option", { name: /Phone System/ }).first().click();
  // What is chosen from lies over the buttons until something else is clicked.
  await page.getByRole("dialog").getByRole("heading", { name: "Licenses" }).click();
  await page.getByRole("button", { name: "Give to 1 person" }).click();
  await page.getByRole("toolbar").waitFor({ state: "hidden" });
  expect(await server.ask("GET", "/tenants/demo/users/104")).toMatchObject({ voice_enabled: true });
});

test("a CSV file that is a picture is refused in words", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people?open=import");
  const panel = page.getByRole("dialog");
  await panel.locator("input[type=file]").setInputFiles({
    name: "people.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]),
  });
  await panel.getByRole("button", { name: "Try, and change nothing" }).click();
  await panel.getByRole("alert").getByText("What to do").waitFor();
});

test("a CSV file is tried before it is carried out", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people?open=import");
  const panel = page.getByRole("dialog");
  await panel.getByLabel("Or paste its lines").fill("extension,display_name\n180,Fay Fox\nx,Nobody");
  await panel.getByRole("button", { name: "Try, and change nothing" }).click();
  await panel.getByText("1 of 2 lines would fail").waitFor();
  await panel.getByRole("button", { name: "Carry out 1 line" }).click();
  await panel.getByText("1 of 2 failed").waitFor();
  expect(await server.ask("GET", "/tenants/demo/users/180")).toMatchObject({ display_name: "Fay Fox" });
});

test("all that match are chosen, and deleted after their number was typed", async () => {
  const { page } = watched;
  const lines = Array.from({ length: 130 }, (_, place) => `${3000 + place},Zoe Zed ${place}`);
  await server.send("/tenants/demo/users/import", "text/csv", ["extension,display_name", ...lines].join("\n"));
  await page.goto("/t/demo/people?q=Zoe");
  await page.getByLabel("Choose all 100 rows that were read").check();
  const bar = page.getByRole("toolbar");
  await bar.getByText("100 chosen").waitFor();
  await bar.getByRole("button", { name: "Choose all that match" }).click();
  await bar.getByText("130 chosen").waitFor();
  await bar.getByRole("button", { name: "Delete …" }).click();
  const dialog = page.getByRole("dialog");
  const sure = dialog.getByRole("button", { name: "Delete 130" });
  await dialog.getByLabel(/type their number/).fill("13");
  expect(await sure.isDisabled()).toBe(true);
  await dialog.getByLabel(/type their number/).fill("130");
  await sure.click();
  await page.getByText("Nothing fits.").waitFor();
  expect(await server.ask("GET", "/tenants/demo/users?display_name=Zoe")).toMatchObject({ items: [] });
});

test("a row opens by keyboard, and is chosen by it", async () => {
  const { page } = watched;
  await page.goto("/t/demo/people?q=bob");
  const box = page.getByLabel("Choose Bob Brown");
  await box.focus();
  await page.keyboard.press("Space");
  await page.getByRole("toolbar").getByText("1 chosen").waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("toolbar").waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "Bob Brown" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
});

test("a department is set for all who are chosen, and numbers are tagged together", async () => {
  const { page, wrongs } = watched;
  await page.goto("/t/demo/people?q=a");
  await page.getByLabel("Choose Carol Chen").check();
  await page.getByLabel("Choose Dan Diaz").check();
  await page.getByRole("toolbar").getByRole("button", { name: "Change …" }).click();
  await page.getByRole("dialog").getByLabel("What").selectOption("department");
  await page.getByRole("dialog").getByLabel("Department").fill("Field");
  await page.getByRole("dialog").getByRole("button", { name: "Change 2 people" }).click();
  await page.getByRole("toolbar").waitFor({ state: "hidden" });
  for (const extension of ["103", "104"]) expect(await server.ask("GET", `/tenants/demo/users/${extension}`)).toMatchObject({ department: "Field" });

  await page.goto("/t/demo/numbers");
  await page.getByLabel("Choose +14255550101").check();
  await page.getByLabel("Choose +14255550102").check();
  await page.getByRole("toolbar").getByRole("button", { name: "Tags" }).click();
  await page.getByRole("dialog").getByLabel("Add tags").fill("desk");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Tag 2 numbers" }).click();
  await expect.poll(async () => JSON.stringify(await server.ask("GET", "/tenants/demo/numbers/+14255550102"))).toContain('"tags":["desk"]');
  expect(wrongs).toEqual([]);
});

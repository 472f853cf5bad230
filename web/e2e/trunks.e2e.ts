import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { type Watched, inGerman, launch, open, picture, signIn } from "./browser";
import { Server, freePort } from "./server";

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

type Trunk = { id: string; name: string; priority: number; settings: Record<string, unknown> };

const trunks = async () => ((await server.ask("GET", "/tenants/demo/trunks")) as { items: Trunk[] }).items;

test("each setting of a trunk can be made and changed, and a test tells where it fails", async () => {
  const { page, wrongs } = watched;
  const port = await freePort();
  await server.ask("POST", "/tenants/demo/translation-rules", { name: "Prefix", pattern: "^(\\d+)$", translation: "0$1" });
  await page.goto("/t/demo/trunks?open=new");
  const panel = page.getByRole("dialog");
  await panel.getByLabel(/^Name/).fill("carrier-two");
  await panel.getByLabel(/^Host/).fill("127.0.0.1");
  await panel.getByLabel("Port", { exact: true }).fill(String(port));
  await panel.getByLabel("Transport").selectOption("tcp");
  await panel.getByRole("combobox", { name: "Codecs" }).click();
  await page.getByRole("option", { name: "opus" }).click();
  await panel.getByRole("combobox", { name: "Codecs" }).press("Escape");
  await panel.getByLabel("Country", { exact: true }).fill("de");
  await panel.getByLabel(/^Seconds to wait/).fill("7");
  await panel.getByLabel(/^Order/).fill("1");
  await panel.getByLabel(/^Description/).fill("for nights");
  await panel.getByLabel(/^User name/).fill("me");
  await panel.getByRole("textbox", { name: /^Password/ }).fill("secret-of-the-carrier");
  await panel.getByRole("button", { name: "Add a trunk" }).click();
  await expect.poll(trunks).toContainEqual(
    expect.objectContaining({ name: "carrier-two", codecs: ["opus"], country: "DE", no_answer_seconds: 7, priority: 1, description: "for nights" }),
  );

  const id = (await trunks()).find(({ name }) => name === "carrier-two")?.id;
  await page.goto(`/t/demo/trunks?open=${id}`);
  await panel.getByRole("button", { name: "Test the trunk" }).click();
  const steps = panel.getByRole("region", { name: "What was tried" });
  await steps.getByRole("row").filter({ hasText: "Connection" }).getByText("Bad").waitFor();
  await steps.getByText("takes no connection", { exact: false }).waitFor();
  await picture(page, "trunk-tested");
  await panel.locator("summary").click();
  await panel.getByLabel(/^Find one of/).fill("outbound called");
  await panel.getByRole("combobox", { name: "Outbound called rules" }).click();
  await page.getByRole("option", { name: "Prefix" }).click();
  await panel.getByRole("combobox", { name: "Outbound called rules" }).press("Escape");
  await panel.getByLabel(/^Find one of/).fill("failover");
  await panel.getByRole("combobox", { name: "Failover response codes" }).fill("480");
  await page.keyboard.press("Enter");
  await panel.getByLabel("Sign-in at the carrier").selectOption("remove");
  await picture(page, "trunk");
  expect(await axe(page)).toEqual([]);
  await panel.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await trunks()).find((trunk) => trunk.id === id)).toMatchObject({
    priority: 1,
    settings: { failover_response_codes: [408, 503, 504, 480], outbound_called_rules: [expect.any(String)] },
  });
  expect(wrongs).toEqual([]);
});

test("a trunk says the same in German", async () => {
  const { page, wrongs, context } = await inGerman(browser, server);
  await page.goto(`/t/demo/trunks?open=${(await trunks())[0]?.id}`);
  await page.getByRole("dialog").getByLabel("Anmeldung beim Anbieter").waitFor();
  await picture(page, "german-trunk");
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
  await context.close();
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { CHROMIUM, open, picture, signIn } from "./browser";
import { DeskPhone } from "./deskPhone";
import { Server } from "./server";
import { writeTone } from "./sound";
import { until } from "./until";

/** What the browser's microphone hears, and what a desk phone says. */
const BROWSER_HZ = 700;
const DESK_HZ = 1_200;

let server: Server;
let browser: Browser;
let directory: string;
const phones: DeskPhone[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "microphone-"));
  const tone = join(directory, "tone.wav");
  await writeTone(tone, BROWSER_HZ, 48_000, 20);
  server = await Server.start();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${tone}`,
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
});

afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.end();
  for (const context of browser.contexts()) await context.close();
});

afterAll(async () => {
  await browser.close();
  await server.end();
  await rm(directory, { recursive: true, force: true });
});

async function desk(user: string, answers = true): Promise<DeskPhone> {
  const phone = await DeskPhone.start(server.sip, user, DESK_HZ, answers);
  phones.push(phone);
  await until(`${user} registers`, async () => {
    const found = (await server.ask("GET", `/tenants/demo/devices?user=${user}`)) as { items: unknown[] };
    return found.items.length > 0 || undefined;
  });
  return phone;
}

/** A page that is the phone of a person of the demo, or of somebody outside. */
async function phoneOf(who: string, size?: { width: number; height: number }): Promise<{ page: Page; wrongs: string[] }> {
  const { page, context, wrongs } = await open(browser, server, size);
  await context.addInitScript(PROBE);
  await signIn(page);
  await page.goto(`/phone?tenant=demo&as=${who}`);
  await page.getByText("Ready", { exact: true }).waitFor();
  return { page, wrongs };
}

/** Keeps connections for the test to listen to. A tone would be taken for noise, and filtered out. */
const PROBE = `
  globalThis.connections = [];
  const Original = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(...args) { super(...args); connections.push(this); }
  };
  const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (open) navigator.mediaDevices.getUserMedia = ({ audio }) =>
    open({ audio: { ...audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  // The loudest frequency of what the newest connection brings, or 0 where it is silent.
  globalThis.loudest = async () => {
    const connection = connections.filter(({ connectionState }) => connectionState !== "closed").at(-1);
    const track = connection?.getReceivers().map((receiver) => receiver.track).find(({ kind }) => kind === "audio");
    if (!track) return 0;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    await new Promise((wake) => setTimeout(wake, 400));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const top = bins.reduce((best, value, at) => (value > bins[best] ? at : best), 0);
    const hertz = (top * context.sampleRate) / analyser.fftSize;
    await context.close();
    return bins[top] < -70 ? 0 : hertz;
  };
`;

/** Waits until the page hears a tone. */
function hears(page: Page, frequency: number): Promise<number> {
  return until(`the browser hears ${frequency} Hz`, async () => {
    const loudest = Number(await page.evaluate("loudest()"));
    return Math.abs(loudest - frequency) < 15 ? loudest : undefined;
  });
}

/** A figure for who reads the output. */
function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

async function dial(page: Page, typed: string): Promise<void> {
  await page.getByLabel("Name or number").fill(typed);
  await page.getByRole("button", { name: "Call", exact: true }).click();
}

test("a browser calls a desk phone by name, and each hears the other", async () => {
  const phone = await desk("102");
  const { page, wrongs } = await phoneOf("101");
  await page.getByLabel("Name or number").fill("bob");
  const began = Date.now();
  await page.getByRole("button", { name: /Bob Brown/ }).click();
  const call = page.getByRole("article", { name: "Call with Bob Brown" });
  await call.getByText("In call").waitFor();
  const answered = Date.now();
  await hears(page, DESK_HZ);
  await phone.hears(BROWSER_HZ, 500);
  say(`answered ${answered - began} ms after the click, sound proved both ways ${Date.now() - answered} ms later`);
  await picture(page, "phone-call");

  await call.getByRole("button", { name: "Mute" }).click();
  const before = await phone.heard(BROWSER_HZ);
  await new Promise((wake) => setTimeout(wake, 1_500));
  expect((await phone.heard(BROWSER_HZ)) - before).toBeLessThan(700);
  await call.getByRole("button", { name: "Unmute" }).click();
  await phone.hears(BROWSER_HZ, before + 1_000);

  await call.getByRole("button", { name: "Hang up" }).click();
  await phone.sees("CALL_CLOSED");
  await page.getByText("Outgoing").waitFor();
  expect(wrongs).toEqual([]);
});

test("a desk phone rings soon after the click", async () => {
  const phone = await desk("103", false);
  const { page, wrongs } = await phoneOf("101");
  await page.evaluate(`
    document.addEventListener("click", () => performance.mark("click"), { capture: true });
    new MutationObserver(() => {
      if (document.querySelector("article")?.innerText.includes("Ringing")) performance.mark("ringing");
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  `);
  const took: number[] = [];
  for (let calls = 0; calls < 5; calls += 1) {
    await page.evaluate("performance.clearMarks()");
    await page.getByLabel("Name or number").fill("carol");
    await page.getByRole("button", { name: /Carol Chen/ }).first().click();
    const call = page.getByRole("article", { name: "Call with Carol Chen" });
    await call.getByText("Ringing").waitFor();
    // From the last click, which is that on the name, until the page shows what the phone said.
    took.push(Number(await page.evaluate("performance.getEntriesByName('ringing')[0].startTime - performance.getEntriesByName('click').at(-1).startTime")));
    await call.getByRole("button", { name: "Hang up" }).click();
    await page.getByRole("button", { name: "Close" }).click();
    await call.waitFor({ state: "detached" });
  }
  say(`rang after the click: ${took.map((millis) => Math.round(millis)).join(", ")} ms`);
  await phone.sees("CALL_CLOSED");
  expect(wrongs).toEqual([]);
});

test("a desk phone calls a browser, which rings, answers, holds and goes on", async () => {
  const phone = await desk("102");
  const { page, wrongs } = await phoneOf("101");
  phone.dial("101", server.sip);
  const call = page.getByRole("article", { name: "Call with Bob Brown" });
  await call.getByText("Incoming call").waitFor();
  expect(await page.title()).toBe("Bob Brown is calling · Trunkline");
  await picture(page, "phone-incoming");
  await call.getByRole("button", { name: "Answer" }).click();
  await call.getByText("In call").waitFor();
  await hears(page, DESK_HZ);
  await phone.hears(BROWSER_HZ, 500);

  await call.getByRole("button", { name: "Hold" }).click();
  await call.getByText("On hold").waitFor();
  const before = await phone.heard(BROWSER_HZ);
  await new Promise((wake) => setTimeout(wake, 1_500));
  expect((await phone.heard(BROWSER_HZ)) - before).toBeLessThan(900);
  await call.getByRole("button", { name: "Resume" }).click();
  await call.getByText("In call").waitFor();
  await phone.hears(BROWSER_HZ, before + 1_500);
  await hears(page, DESK_HZ);

  phone.command("hangup");
  await call.getByText("Ended").waitFor();
  expect(wrongs).toEqual([]);
});

test("somebody outside calls the main number, hears the attendant, and presses a key", async () => {
  const { page, wrongs } = await phoneOf("outside");
  const began = Date.now();
  await dial(page, "+14255550100");
  const call = page.getByRole("article", { name: "Call with +14255550100" });
  await call.getByText("In call").waitFor();
  await until("the attendant speaks", async () => Number(await page.evaluate("loudest()")) > 0 || undefined);
  say(`the attendant was heard ${Date.now() - began} ms after the click`);
  await call.getByRole("button", { name: "Keypad" }).click();
  await call.getByRole("group", { name: /^Keypad/ }).getByRole("button", { name: "1", exact: true }).click();
  await until("the caller waits for Sales", async () => {
    const live = (await server.ask("GET", "/tenants/demo/calls")) as { items: { state: string }[] };
    return live.items.some(({ state }) => state === "queue") || undefined;
  });
  await call.getByRole("button", { name: "Hang up" }).click();
  await call.getByText("Ended").waitFor();
  expect(wrongs).toEqual([]);
});

test("a call is transferred without asking, and with asking first", async () => {
  const [bob, carol] = [await desk("102"), await desk("103")];
  const { page, wrongs } = await phoneOf("101");
  for (const asks of [false, true]) {
    bob.dial("101", server.sip);
    const call = page.getByRole("article", { name: "Call with Bob Brown" });
    await call.getByRole("button", { name: "Answer" }).click();
    await call.getByText("In call").waitFor();
    await call.getByRole("button", { name: "Transfer" }).click();
    await call.getByLabel("Transfer to name or number").fill("103");
    if (asks) {
      await call.getByRole("button", { name: "Ask first" }).click();
      const consulted = page.getByRole("article", { name: /Call with (Carol Chen|103)/ });
      await consulted.getByText("In call").waitFor();
      await call.getByText("On hold").waitFor();
      await hears(page, DESK_HZ);
      await call.getByRole("button", { name: /Connect with (Carol Chen|103)/ }).click();
    } else {
      await call.getByRole("button", { name: /Transfer (now|to Carol)/ }).click();
    }
    await page.getByRole("article").first().waitFor({ state: "detached", timeout: 15_000 });
    await carol.hears(DESK_HZ, 500);
    await bob.hears(DESK_HZ, 500);
    bob.command("hangup");
    await carol.sees("CALL_CLOSED");
  }
  expect(wrongs).toEqual([]);
});

test("a call goes on when the network changes", async () => {
  const phone = await desk("102");
  const { page } = await phoneOf("101");
  await dial(page, "102");
  const call = page.getByRole("article", { name: /^Call with/ });
  await call.getByText("In call").waitFor();
  await phone.hears(BROWSER_HZ, 500);
  const ports = () => page.evaluate(`connections.at(-1).getStats().then((stats) => [...stats.values()]
    .filter(({ type, state, nominated }) => type === "candidate-pair" && state === "succeeded" && nominated)
    .map(({ localCandidateId }) => stats.get(localCandidateId).port).join())`);
  const before = await ports();
  // The page is told that its checks go unanswered, as when a cable is pulled: it looks for another way by itself.
  await page.evaluate(`(() => {
    const [connection, shown] = [connections.at(-1), RTCPeerConnection.prototype];
    Object.defineProperty(shown, "iceConnectionState", { configurable: true, get: () => "failed" });
    connection.dispatchEvent(new Event("iceconnectionstatechange"));
    delete shown.iceConnectionState;
  })()`);
  await call.getByText("Another way for it is being looked for").waitFor();
  const after = await until("another way is found", async () => {
    const now = await ports();
    return now !== before && now !== "" ? now : undefined;
  });
  say(`the sound went from port ${String(before)} to ${String(after)}`);
  await call.getByText("Another way for it is being looked for").waitFor({ state: "detached" });
  const heard = await phone.heard(BROWSER_HZ);
  await phone.hears(BROWSER_HZ, heard + 2_000);
  await hears(page, DESK_HZ);
  await call.getByRole("button", { name: "Hang up" }).click();
  await phone.sees("CALL_CLOSED");
});

test("of two tabs one is the phone, and the other may take its place", async () => {
  const { page } = await phoneOf("103");
  const second = await page.context().newPage();
  await second.goto("/phone?tenant=demo&as=103");
  await second.getByText("Your phone is open in another tab").waitFor();
  await second.getByRole("button", { name: "Use this tab" }).click();
  await second.getByText("Ready", { exact: true }).waitFor();
  await page.getByText("Your phone is open in another tab").waitFor();
});

test("what fails is said in words", async () => {
  const { page } = await phoneOf("101");
  await dial(page, "199");
  await page.getByRole("alert").filter({ hasText: "There is nobody at this number" }).waitFor();
  await server.stop();
  await page.getByText("The server does not answer", { exact: true }).waitFor();
  await server.run();
  await page.getByText("Ready", { exact: true }).waitFor({ timeout: 30_000 });
});

test("an agent opts out of a queue and in again, and the microphone is tested", async () => {
  const { page, wrongs } = await phoneOf("102");
  const sales = page.getByRole("switch", { name: "Take calls of Sales" });
  await sales.waitFor();
  expect(await sales.isChecked()).toBe(true);
  await sales.click();
  await until("Sales knows", async () => {
    const queues = (await server.ask("GET", "/tenants/demo/call-queues")) as { items: { id: string; name: string }[] };
    const id = queues.items.find(({ name }) => name === "Sales")?.id ?? "";
    const live = (await server.ask("GET", `/tenants/demo/call-queues/${id}/live`)) as { agents: { opted_in: boolean; display_name: string }[] };
    return live.agents.some(({ opted_in: isIn }) => !isIn) || undefined;
  });
  await sales.click();
  await page.getByRole("button", { name: "Test the microphone" }).click();
  await page.getByText("Your microphone works.").waitFor();
  await page.getByText("No new messages.").waitFor();
  await page.getByRole("button", { name: "Stop the test" }).click();
  await page.getByRole("button", { name: "Test the network" }).click();
  await page.getByText("Good for calls.").waitFor();
  expect(wrongs).toEqual([]);
});

test("axe finds nothing on the phone, in light and dark, and it fits a telephone", async () => {
  const { page, wrongs } = await phoneOf("101", { width: 390, height: 800 });
  await dial(page, "*43");
  await page.getByRole("article").getByText("In call").waitFor();
  await page.getByRole("article").getByRole("button", { name: "Transfer" }).click();
  for (const colors of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: colors });
    await picture(page, `phone-${colors}`);
    expect(await axe(page)).toEqual([]);
  }
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  await page.goto("/phone");
  await page.getByRole("heading", { name: "Whose phone?" }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(wrongs).toEqual([]);
});

// Says how much of a core a wallboard of 50 queues and 500 agents takes while figures come once a second, as the server sends them.
import { test } from "vitest";
import { launch, open, signIn } from "./browser";
import { Server } from "./server";

const QUEUES = 50;
const AGENTS_EACH = 10;
const SECONDS = 15;

/** Runs in the page: stands in for the stream, and changes 50 agents each second. */
const STREAM = `
  window.figures = (round) => {
    const at = new Date(Date.now() - 60_000).toISOString();
    const zero = { tot_answered_calls: round, tot_abandoned_calls: 1, tot_offered_calls: round + 1, avg_speed_answer: 12, avg_talk_time: 140, sl_met_no_abandon: 0.9 };
    const states = ["idle", "talking", "wrap_up", "away"];
    const agents = (queue) => Array.from({ length: ${AGENTS_EACH} }, (_, place) => {
      const changes = place === round % ${AGENTS_EACH};
      return { agent: queue + "-" + place, display_name: "Agent " + queue + "." + place, status: states[changes ? round % 4 : place % 4],
        status_since: changes ? new Date().toISOString() : at, tot_calls_answered: changes ? round : 3, tot_calls_offered: 5 };
    });
    return { at, day_start: at, interval_start: at, attendants: [], queues: Array.from({ length: ${QUEUES} }, (_, queue) => ({
      queue: "q" + queue, queue_name: "Queue " + queue, agents: agents(queue), calls_waiting: round % 5, callbacks_waiting: 0,
      longest_waiting_call_enqueue_time: at, current: zero, summary: zero, total: zero })) };
  };
  window.EventSource = class extends EventTarget {
    constructor(address) {
      super();
      this.readyState = 1;
      let round = 0;
      if (address.includes("/reports/live/events")) this.timer = setInterval(() => {
        round += 1;
        this.dispatchEvent(new MessageEvent("figures", { data: JSON.stringify(window.figures(round)) }));
      }, 1000);
    }
    close() { clearInterval(this.timer); }
  };
  window.EventSource.CLOSED = 2;
`;

test("a wallboard of 50 queues and 500 agents", async () => {
  const server = await Server.start();
  const browser = await launch();
  const { page, context } = await open(browser, server, { width: 1920, height: 1080 });
  await signIn(page);
  await page.addInitScript(STREAM);
  await page.goto("/t/demo/wallboard");
  await page.getByRole("article", { name: "Queue 49" }).waitFor();
  const metrics = await context.newCDPSession(page);
  // Time of the processor, not of the clock: others may use the machine as well.
  await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics: found } = await metrics.send("Performance.getMetrics");
    return found.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  };
  await page.waitForTimeout(2_000);
  const before = await busy();
  await page.waitForTimeout(SECONDS * 1_000);
  const share = (100 * ((await busy()) - before)) / SECONDS;
  console.log(`${QUEUES} queues, ${QUEUES * AGENTS_EACH} agents: ${share.toFixed(1)} % of a core`);
  await browser.close();
  await server.end();
});

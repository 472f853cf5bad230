import { expect, test } from "vitest";
import type { AgentStatus, LiveAgent } from "../../api/__generated__/schema";
import { shownStatus, toAsk } from "./pauses";

const agent = (id: string, status: AgentStatus): LiveAgent => ({ agent: id, status, status_since: "2026-05-04T09:00:00Z", tot_calls_offered: 0, tot_calls_answered: 0 });

test("each agent who may pause is asked for once, in however many queues", () => {
  const queues = [
    { queue: "sales", agents: [agent("bob", "paused"), agent("carol", "idle")] },
    { queue: "support", agents: [agent("bob", "paused"), agent("dan", "talking")] },
    { queue: "returns", agents: [agent("eve", "unreachable"), agent("bob", "paused")] },
    { queue: "night", agents: [agent("dan", "talking")] },
  ];
  expect(toAsk(queues)).toEqual(["sales", "returns"]);
});

test.each([
  ["unreachable", "Lunch", "paused"],
  ["unreachable", undefined, "unreachable"],
  ["unreachable", "", "unreachable"],
  ["paused", "Lunch", "paused"],
  ["opted_out", "Lunch", "opted_out"],
  ["talking", "Lunch", "talking"],
] as const)("who is %s with the reason %j is shown as %s", (status, reason, shown) => {
  expect(shownStatus(status, reason)).toBe(shown);
});

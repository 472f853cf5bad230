import { expect, test } from "vitest";
import type { CallQueue } from "../../api/__generated__/schema";
import { USUAL, draftOf, queueOf } from "./draft";

const queue: CallQueue = {
  id: "7",
  name: "Sales",
  language: "en-US",
  agents: ["1", "2"],
  groups: ["3"],
  greeting: { type: "audio_file", id: "9", file_name: "hello.wav" },
  routing: "serial",
  agent_alert_seconds: 25,
  presence_based: true,
  allow_opt_out: false,
  overflow_threshold: 5,
  overflow: { action: { type: "forward", target: { type: "call_queue", id: "8", priority: 2 } }, skippable: true },
  timeout_seconds: 60,
  timeout: { action: { type: "disconnect" }, prompt: { type: "text", text: "Sorry." } },
  wrap_up_seconds: 15,
  ranks: [{ agent: "1", rank: 2 }],
};
const agents = [
  { id: "1", label: "Ann (101)" },
  { id: "2", label: "Bo (102)" },
];

test("a queue that is only looked at stays what it was, with all that the form does not show", () => {
  expect(queueOf(draftOf(queue, agents), queue)).toEqual(queue);
});

test("a new queue hangs up where nothing else was chosen", () => {
  const made = queueOf({ ...USUAL, name: "Support", agents });
  expect(made.timeout?.action).toEqual({ type: "disconnect" });
  expect(made.agents).toEqual(["1", "2"]);
  expect(made.greeting).toBeNull();
});

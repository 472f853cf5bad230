import type { CallQueue, Routing } from "../../api/__generated__/schema";
import { type ExitDraft, HANG_UP, exitDraftOf, exitOf } from "../../choices/exit";
import type { Chosen } from "../../choices/people";
import { NO_PROMPT, type PromptDraft, promptDraftOf, promptOf } from "../../choices/prompt";

export const ROUTINGS = ["longest_idle", "round_robin", "serial", "attendant"] as const satisfies readonly Routing[];

/** A queue as it is typed: what most queues need. Everything else of a queue stays as it is. */
export type QueueDraft = {
  name: string;
  language: string;
  greeting: PromptDraft;
  agents: Chosen[];
  groups: string[];
  routing: Routing;
  agent_alert_seconds: number;
  presence_based: boolean;
  allow_opt_out: boolean;
  overflow_threshold: number;
  overflow: ExitDraft;
  timeout_seconds: number;
  timeout: ExitDraft;
  timeout_prompt: PromptDraft;
};

/** What is right for most queues. */
export const USUAL: QueueDraft = {
  name: "",
  language: "en-US",
  greeting: NO_PROMPT,
  agents: [],
  groups: [],
  routing: "longest_idle",
  agent_alert_seconds: 20,
  presence_based: false,
  allow_opt_out: true,
  overflow_threshold: 50,
  overflow: HANG_UP,
  timeout_seconds: 300,
  timeout: HANG_UP,
  timeout_prompt: NO_PROMPT,
};

export function draftOf(queue: CallQueue, agents: Chosen[]): QueueDraft {
  return {
    name: queue.name,
    language: queue.language,
    greeting: promptDraftOf(queue.greeting),
    agents,
    groups: queue.groups ?? [],
    routing: queue.routing ?? USUAL.routing,
    agent_alert_seconds: queue.agent_alert_seconds ?? USUAL.agent_alert_seconds,
    presence_based: queue.presence_based ?? USUAL.presence_based,
    allow_opt_out: queue.allow_opt_out ?? USUAL.allow_opt_out,
    overflow_threshold: queue.overflow_threshold ?? USUAL.overflow_threshold,
    overflow: exitDraftOf(queue.overflow?.action),
    timeout_seconds: queue.timeout_seconds ?? USUAL.timeout_seconds,
    timeout: exitDraftOf(queue.timeout?.action),
    timeout_prompt: promptDraftOf(queue.timeout?.prompt),
  };
}

/** The queue of the API, with whatever of an earlier one the draft does not show. */
export function queueOf(draft: QueueDraft, before?: CallQueue): CallQueue {
  const { greeting, agents, overflow, timeout, timeout_prompt, ...same } = draft;
  return {
    ...before,
    ...same,
    greeting: promptOf(greeting),
    agents: agents.map(({ id }) => id),
    overflow: { ...before?.overflow, action: exitOf(overflow, before?.overflow?.action) },
    timeout: {
      ...before?.timeout,
      action: exitOf(timeout, before?.timeout?.action),
      prompt: promptOf(timeout_prompt),
    },
  };
}

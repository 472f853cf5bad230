import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import type { AgentStatus, LiveQueue, QueueLive } from "../../api/__generated__/schema";
import { useMay } from "../../session/me";
import { AGENT_NOUNS, queueQuery } from "./queries";

/** Why agents pause, by their ids. */
export type Reasons = Readonly<Partial<Record<string, string>>>;

type Told = readonly Pick<LiveQueue, "queue" | "agents">[];

/** Why agents of these queues pause, which the figures of all queues do not say. */
export function useReasons(tenant: string, queues: Told): Reasons {
  const enabled = useMay()("call_queues.read");
  return useQueries({ queries: toAsk(queues).map((queue) => ({ ...queueQuery(tenant, queue, AGENT_NOUNS), enabled })), combine: reasonsOf });
}

/** As few queues as tell of every agent who may pause: a pause holds for all queues of an agent. */
export function toAsk(queues: Told): string[] {
  const known = new Set<string>();
  const asked: string[] = [];
  for (const { queue, agents } of queues) {
    if (agents.every(({ agent, status }) => !mayPause(status) || known.has(agent))) continue;
    asked.push(queue);
    for (const { agent } of agents) known.add(agent);
  }
  return asked;
}

/** What is shown of an agent: who pauses does so whether or not a phone is there. */
export function shownStatus(status: AgentStatus, reason: string | undefined): AgentStatus {
  return status === "unreachable" && reason !== undefined && reason !== "" ? "paused" : status;
}

function mayPause(status: AgentStatus): boolean {
  return status === "paused" || status === "unreachable";
}

/** Apart, so that the same answers are the same reasons, and nothing is drawn anew for them. */
function reasonsOf(answers: UseQueryResult<QueueLive>[]): Reasons {
  const reasons: Partial<Record<string, string>> = {};
  for (const { id, pause_reason: reason } of answers.flatMap(({ data }) => data?.agents ?? [])) if (reason != null) reasons[id] = reason;
  return reasons;
}

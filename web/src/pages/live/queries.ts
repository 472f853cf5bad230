import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";

/** The calls that go on. */
export function callsQuery(tenant: string) {
  return queryOptions({
    queryKey: keyOf(tenant, "calls"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/calls", { params: { path: { tenant } } })),
    meta: { nouns: ["call"] },
  });
}

/** The phones that are registered. */
export function devicesQuery(tenant: string) {
  return queryOptions({
    queryKey: keyOf(tenant, "devices"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/devices", { params: { path: { tenant } } })),
    meta: { nouns: ["device", "user"] },
  });
}

/** Kinds of objects whose changes show what agents do, and which thresholds are reached. */
export const AGENT_NOUNS = ["presence", "queue_agent", "queue_alert"] as const;
/** Kinds of objects whose changes show who waits and what agents do. */
export const QUEUE_NOUNS = ["call", "call_queue", "device", "user", ...AGENT_NOUNS] as const;

/** Who waits in a queue, and who takes its calls. */
export function queueQuery(tenant: string, queue: string, nouns: readonly string[] = QUEUE_NOUNS) {
  return queryOptions({
    // Where other changes count from now on, it is read again at once.
    queryKey: keyOf(tenant, "queue-live", queue, nouns.length),
    queryFn: () =>
      answer(
        api.GET("/api/v1/tenants/{tenant}/call-queues/{queue}/live", { params: { path: { tenant, queue } } }),
      ),
    placeholderData: (before) => before,
    meta: { nouns },
  });
}

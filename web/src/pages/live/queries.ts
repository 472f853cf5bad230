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

/** Who waits in a queue, and who takes its calls. */
export function queueQuery(tenant: string, queue: string) {
  return queryOptions({
    queryKey: keyOf(tenant, "queue-live", queue),
    queryFn: () =>
      answer(
        api.GET("/api/v1/tenants/{tenant}/call-queues/{queue}/live", { params: { path: { tenant, queue } } }),
      ),
    meta: { nouns: ["call", "call_queue", "device", "user", "presence", "queue_agent"] },
  });
}

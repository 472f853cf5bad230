import { queryOptions } from "@tanstack/react-query";
import type { TrunkRegistrationState, TrunkState } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";

export const LOOKS = {
  active: "fine",
  probing: "quiet",
  unwatched: "quiet",
  demoted: "warned",
  draining: "warned",
  drained: "quiet",
  unreachable: "bad",
} as const satisfies Record<TrunkState, string>;

export const REGISTRATION_LOOKS = { trying: "quiet", registered: "fine", failed: "bad" } as const satisfies Record<TrunkRegistrationState, string>;

/** How the trunks of an organization do. */
export function healthQuery(tenant: string) {
  return queryOptions({
    queryKey: keyOf(tenant, "trunk-health"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/trunks/health", { params: { path: { tenant } } })),
    meta: { nouns: ["trunk", "call"] },
  });
}

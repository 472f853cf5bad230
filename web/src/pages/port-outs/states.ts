import type { PortOutState, RejectReason } from "../../api/__generated__/schema";

export const STATES = ["pending", "authorized", "ported", "rejected", "cancelled"] as const satisfies readonly PortOutState[];

export const LOOKS = {
  pending: "warned",
  authorized: "quiet",
  ported: "fine",
  rejected: "bad",
  cancelled: "quiet",
} as const satisfies Record<PortOutState, string>;

/** Why numbers stay. `no_answer` is what the server says where nobody answered in time. */
export const REASONS = [
  "account_mismatch",
  "address_mismatch",
  "name_mismatch",
  "not_authorized",
  "number_not_on_account",
  "port_freeze",
  "other",
] as const satisfies readonly RejectReason[];

/** The numbers of those that are chosen: none is named where all are, as the API then takes all. */
export function named(chosen: readonly string[], all: readonly string[]): string[] {
  return chosen.length === all.length ? [] : [...chosen];
}

import type { PortReport, PortState } from "../../api/__generated__/schema";
import { momentOf } from "../../format/time";
import { orNull } from "../../ui/noun/text";

/** How far numbers are, in the order of the way. */
export const STATES = [
  "draft",
  "processing",
  "contacting_carrier",
  "transfer_approved",
  "transfer_pending",
  "error",
  "completed",
  "cancelled",
] as const satisfies readonly PortState[];

export const LOOKS = {
  draft: "quiet",
  processing: "quiet",
  contacting_carrier: "quiet",
  transfer_approved: "fine",
  transfer_pending: "fine",
  error: "bad",
  completed: "fine",
  cancelled: "quiet",
} as const satisfies Record<PortState, string>;

/** What who brings the numbers here says of them; everything else is said by the organization. */
export const REPORTED = ["contacting_carrier", "transfer_approved", "transfer_pending", "completed", "error", "cancelled"] as const satisfies readonly PortState[];

/** A report, as it is typed. */
export type ReportDraft = { state: (typeof REPORTED)[number]; at: string; reason: string; numbers: string[] };

/** Only what belongs to the state: a day to what is approved, a reason to what was sent back. All numbers are meant where none is chosen. */
export function reportOf({ state, at, reason, numbers }: ReportDraft): PortReport {
  return {
    state,
    ...(numbers.length > 0 ? { numbers } : {}),
    ...(state === "transfer_approved" ? { transfer_at: momentOf(at) } : {}),
    ...(state === "error" ? { reason: orNull(reason) } : {}),
  };
}

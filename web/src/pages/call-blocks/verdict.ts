import type { CallerTested } from "../../api/__generated__/schema";

/** What becomes of a caller. */
export type Verdict = "letIn" | "exempted" | "redirected" | "refused";

export const LOOKS = { letIn: "fine", exempted: "fine", redirected: "quiet", refused: "bad" } as const satisfies Record<Verdict, string>;

export function verdictOf({ let_in: isLetIn, by, resource_account: account }: CallerTested): Verdict {
  if (account != null) return "redirected";
  if (!isLetIn) return "refused";
  return by == null ? "letIn" : "exempted";
}

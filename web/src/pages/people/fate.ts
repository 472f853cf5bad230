import type { OffboardingFate, OffboardingRequest } from "../../api/__generated__/schema";
import { orNull } from "../../ui/noun/text";

/** What may become of the numbers of who leaves. */
export const FATES = ["hold", "release", "user", "resource_account"] as const satisfies readonly OffboardingFate["type"][];

/** How a person leaves, as it is chosen. */
export type LeaveDraft = { fate: (typeof FATES)[number]; days: number; to: string; successor: string };

export const USUAL: LeaveDraft = { fate: "hold", days: 30, to: "", successor: "" };

/** What is asked for; nothing while nobody is chosen who gets the numbers. */
export function requestOf({ fate, days, to, successor }: LeaveDraft): OffboardingRequest | undefined {
  const others = fateOf({ fate, days, to });
  return others === undefined ? undefined : { other_numbers: others, successor: orNull(successor) };
}

function fateOf({ fate, days, to }: Pick<LeaveDraft, "fate" | "days" | "to">): OffboardingFate | undefined {
  switch (fate) {
    case "hold":
      return { type: fate, days };
    case "release":
      return { type: fate };
    case "user":
    case "resource_account":
      return to === "" ? undefined : { type: fate, id: to };
  }
}

import type { UnassignedTarget } from "../../api/__generated__/schema";
import { NO_PROMPT, type PromptDraft, promptDraftOf, promptOf } from "../../choices/prompt";

export const TARGETS = ["announcement", "resource_account", "user"] as const satisfies readonly UnassignedTarget["type"][];

/** Who takes a call to a number that nobody has, as it is chosen. */
export type TargetDraft = { kind: UnassignedTarget["type"]; id: string; prompt: PromptDraft };

export function draftOf(target: UnassignedTarget | undefined): TargetDraft {
  if (target === undefined) return { kind: "announcement", id: "", prompt: NO_PROMPT };
  return target.type === "announcement"
    ? { kind: target.type, id: "", prompt: promptDraftOf(target.prompt) }
    : { kind: target.type, id: target.id, prompt: NO_PROMPT };
}

/** The target of the API. An announcement that says nothing is refused there, in its own words. */
export function targetOf({ kind, id, prompt }: TargetDraft): UnassignedTarget {
  if (kind === "announcement") return { type: kind, prompt: promptOf(prompt) ?? { type: "text", text: "" } };
  return { type: kind, id };
}

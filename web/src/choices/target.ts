import type { Target } from "../api/__generated__/schema";

/** Kinds of places that a call can go on to. */
export const TARGET_KINDS = [
  "user",
  "call_queue",
  "auto_attendant",
  "shared_mailbox",
  "voicemail",
  "external",
] as const satisfies readonly Target["type"][];

export type TargetKind = (typeof TARGET_KINDS)[number] | "resource_account";

/** A place as it is chosen: one of a kind, maybe not named yet. */
export type TargetDraft = { kind: TargetKind; value: string };

export const NO_TARGET: TargetDraft = { kind: "user", value: "" };

export function draftOf(target: Target): TargetDraft {
  return target.type === "external"
    ? { kind: "external", value: target.number }
    : { kind: target.type, value: target.id };
}

/** The target of the API; what the draft does not show, such as a priority, stays as it was. */
export function targetOf({ kind, value }: TargetDraft, before?: Target): Target {
  if (kind === "external") return { type: "external", number: value };
  const kept = before?.type === kind ? before : {};
  return { ...kept, type: kind, id: value };
}

import type { Exit } from "../api/__generated__/schema";
import { NO_TARGET, type TargetDraft, draftOf, targetOf } from "./target";

/** Where a caller goes who leaves a queue without an agent, as it is chosen. */
export type ExitDraft = { forwards: boolean; target: TargetDraft };

export const HANG_UP: ExitDraft = { forwards: false, target: NO_TARGET };

export function exitDraftOf(exit: Exit | undefined): ExitDraft {
  return exit?.type === "forward" ? { forwards: true, target: draftOf(exit.target) } : HANG_UP;
}

export function exitOf({ forwards, target }: ExitDraft, before?: Exit): Exit {
  if (!forwards) return { type: "disconnect" };
  return { type: "forward", target: targetOf(target, before?.type === "forward" ? before.target : undefined) };
}

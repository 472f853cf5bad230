import type { CallResult } from "../../api/__generated__/schema";

/** What may become of a call. */
export const RESULTS = [
  "answered",
  "no_answer",
  "busy",
  "abandoned",
  "voicemail",
  "treated",
  "refused",
  "failed",
] as const satisfies readonly CallResult[];

/** How each is shown. */
export const LOOKS = {
  answered: "fine",
  voicemail: "fine",
  treated: "quiet",
  no_answer: "quiet",
  busy: "quiet",
  abandoned: "warned",
  refused: "bad",
  failed: "bad",
} as const satisfies Record<CallResult, string>;

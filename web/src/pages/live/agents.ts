import type { AgentStatus } from "../../api/__generated__/schema";

/** How what an agent does is shown. */
export const LOOKS = {
  idle: "fine",
  ringing: "fine",
  talking: "fine",
  wrap_up: "quiet",
  in_other_call: "quiet",
  away: "warned",
  opted_out: "quiet",
  paused: "quiet",
  unreachable: "bad",
} as const satisfies Record<AgentStatus, string>;

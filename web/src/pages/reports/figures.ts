import type { ReportKind } from "./source";

/** How a figure is written. */
export type Shape = "count" | "seconds" | "share";

/** A figure as the API names it. */
export type Figure = { name: FigureName; shape: Shape; isHidden?: boolean };

export type FigureName =
  | "tot_offered_calls"
  | "tot_answered_calls"
  | "tot_abandoned_calls"
  | "tot_timeout_calls"
  | "tot_overflowed_calls"
  | "tot_noagent_calls"
  | "tot_failed_calls"
  | "avg_speed_answer"
  | "avg_wait_abandoned"
  | "avg_talk_time"
  | "avg_handle_time"
  | "abandon_rate"
  | "sl_met_no_abandon"
  | "tot_callback_calls"
  | "tot_callback_answered"
  | "talk_seconds"
  | "wrap_up_seconds"
  | "tot_calls_offered"
  | "tot_calls_answered"
  | "tot_calls_declined"
  | "tot_calls_no_answer"
  | "logged_in_seconds"
  | "available_seconds"
  | "paused_seconds"
  | "occupancy"
  | "tot_calls"
  | "tot_callers"
  | "tot_op_calls"
  | "tot_app_calls"
  | "tot_extn_calls"
  | "tot_psrn_calls"
  | "tot_vm_calls"
  | "avg_call_time"
  | "avg_caller_actions";

const count = (name: FigureName): Figure => ({ name, shape: "count" });
const seconds = (name: FigureName): Figure => ({ name, shape: "seconds" });
const share = (name: FigureName): Figure => ({ name, shape: "share" });
const hidden = (figure: Figure): Figure => ({ ...figure, isHidden: true });

/** The figures of each report, in the order in which they are read. */
export const FIGURES: Record<ReportKind, readonly Figure[]> = {
  queues: [
    count("tot_offered_calls"),
    count("tot_answered_calls"),
    count("tot_abandoned_calls"),
    share("abandon_rate"),
    share("sl_met_no_abandon"),
    seconds("avg_speed_answer"),
    seconds("avg_talk_time"),
    hidden(seconds("avg_wait_abandoned")),
    hidden(seconds("avg_handle_time")),
    hidden(count("tot_timeout_calls")),
    hidden(count("tot_overflowed_calls")),
    hidden(count("tot_noagent_calls")),
    hidden(count("tot_failed_calls")),
    hidden(count("tot_callback_calls")),
    hidden(count("tot_callback_answered")),
    hidden(seconds("talk_seconds")),
    hidden(seconds("wrap_up_seconds")),
  ],
  agents: [
    count("tot_calls_offered"),
    count("tot_calls_answered"),
    count("tot_calls_no_answer"),
    count("tot_calls_declined"),
    seconds("talk_seconds"),
    seconds("avg_handle_time"),
    share("occupancy"),
    seconds("logged_in_seconds"),
    hidden(seconds("available_seconds")),
    hidden(seconds("paused_seconds")),
    hidden(seconds("wrap_up_seconds")),
  ],
  attendants: [
    count("tot_calls"),
    count("tot_callers"),
    count("tot_abandoned_calls"),
    count("tot_op_calls"),
    count("tot_app_calls"),
    count("tot_extn_calls"),
    count("tot_psrn_calls"),
    count("tot_vm_calls"),
    hidden(seconds("avg_call_time")),
    hidden(count("avg_caller_actions")),
  ],
};

/** What the bars of each report are made of. */
export const BARS: Record<ReportKind, readonly FigureName[]> = {
  queues: ["tot_answered_calls", "tot_abandoned_calls", "tot_timeout_calls", "tot_overflowed_calls", "tot_failed_calls"],
  agents: ["tot_calls_answered", "tot_calls_no_answer", "tot_calls_declined"],
  attendants: ["tot_app_calls", "tot_op_calls", "tot_extn_calls", "tot_abandoned_calls"],
};

/** The mean that is drawn over time beside the bars. */
export const LINES: Record<ReportKind, FigureName> = {
  queues: "avg_speed_answer",
  agents: "avg_handle_time",
  attendants: "avg_call_time",
};

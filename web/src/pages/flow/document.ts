import type { App, AutoAttendant, CallQueue, Target } from "../../api/__generated__/schema";

/** What is edited: an attendant or a queue. */
export type FlowDocument =
  | { type: "auto_attendant"; settings: AutoAttendant }
  | { type: "call_queue"; settings: CallQueue };

export function appOf({ type, settings: { id = "" } }: FlowDocument): App {
  return { type, id };
}

/** Somebody or something that a call can go to, and what is known of it. */
export type World = {
  attendants: readonly AutoAttendant[];
  queues: readonly CallQueue[];
  /** Names by id: people, mailboxes, resource accounts, schedules, groups. */
  names: ReadonlyMap<string, string>;
  /** What resource accounts lead to, and their numbers. */
  accounts: readonly { id: string; app?: App | null; numbers: readonly string[] }[];
};

/** What tells one target from another. */
export function keyOfTarget(target: Target): string {
  return target.type === "external" ? `external:${target.number}` : `${target.type}:${target.id}`;
}

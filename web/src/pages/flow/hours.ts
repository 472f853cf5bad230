import type { QueueHours } from "../../api/__generated__/schema";

/** Hours that say something; nothing where a queue takes callers always. */
export function withoutEmpty(hours: QueueHours): QueueHours | null {
  const says = (hours.closures ?? []).length > 0 || hours.hours_override != null || (hours.time_zone ?? "") !== "";
  return says ? hours : null;
}

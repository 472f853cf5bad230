import type { ScheduleRule } from "../../api/__generated__/schema";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

type Weekly = Extract<ScheduleRule, { type: "weekly" }>;

/** The hours of each day as text: `09:00-12:00, 13:00-17:00`. */
export type WeekDraft = Record<(typeof DAYS)[number], string>;

export const USUAL_WEEK: WeekDraft = {
  monday: "09:00-17:00",
  tuesday: "09:00-17:00",
  wednesday: "09:00-17:00",
  thursday: "09:00-17:00",
  friday: "09:00-17:00",
  saturday: "",
  sunday: "",
};

const HOURS = /^([01]\d|2[0-3]):[0-5]\d\s*[-–]\s*([01]\d|2[0-4]):[0-5]\d$/;

export function weekOf(rule: Weekly): WeekDraft {
  const text = (day: (typeof DAYS)[number]) => (rule[day] ?? []).map(({ start, end }) => `${start}-${end}`).join(", ");
  return {
    monday: text("monday"),
    tuesday: text("tuesday"),
    wednesday: text("wednesday"),
    thursday: text("thursday"),
    friday: text("friday"),
    saturday: text("saturday"),
    sunday: text("sunday"),
  };
}

/** Whether a text is hours of a day; an empty one is a day without. */
export function isHours(text: string): boolean {
  return partsOf(text).every((part) => HOURS.test(part));
}

/** The rule of the API. */
export function ruleOf(week: WeekDraft, before?: Weekly): Weekly {
  const hours = (text: string) =>
    partsOf(text).map((part) => {
      const [start = "", end = ""] = part.split(/\s*[-–]\s*/);
      // The day's end is midnight to the API.
      return { start, end: end === "24:00" ? "00:00" : end };
    });
  const { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = week;
  return {
    ...before,
    type: "weekly",
    monday: hours(monday),
    tuesday: hours(tuesday),
    wednesday: hours(wednesday),
    thursday: hours(thursday),
    friday: hours(friday),
    saturday: hours(saturday),
    sunday: hours(sunday),
  };
}

function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

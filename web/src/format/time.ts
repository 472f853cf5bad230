import i18next from "i18next";

/** A moment in this browser's time zone, which is named. */
export function moment(text: string | null | undefined): string {
  if (!text) return "";
  return new Intl.DateTimeFormat(i18next.language, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(new Date(text));
}

/** Where a moment stands among others; nothing where there is none. */
export function instantOf(text: string | null | undefined): number | undefined {
  return text ? Date.parse(text) : undefined;
}

/** A length of time, as clocks show it: 1:02:03, 2:03. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The time zone of this browser. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A moment as a field for time and day shows it, in this browser's time zone, to the minute. */
export function typedMoment(text: string | null | undefined): string {
  if (!text) return "";
  const at = new Date(text);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment that was typed into such a field, as the API takes it; nothing where nothing was typed. */
export function momentOf(typed: string): string | null {
  return typed === "" ? null : new Date(typed).toISOString();
}

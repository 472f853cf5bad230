/** Spans of time that somebody asks for, by the clocks of their time zone. */
export const SPANS = ["today", "yesterday", "7", "30", "90", "own"] as const;
export type Span = (typeof SPANS)[number];

/** What a report is about: from when until when, and how long each of its intervals is. */
export type Period = { since: Date; until: Date; interval: 15 | 30 | 60 | 1440 };

const DAY_MILLIS = 86_400_000;
/** Beyond so many days hours are too many to be told from each other. */
const HOURLY_DAYS_MAX = 3;

/** The period of a span, as of now. Days begin at midnight of this browser's clock. */
export function periodOf(span: Span, now: Date, own: { since: string; until: string }): Period {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const before = (days: number) => new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() - days);
  const days = (since: Date, until: Date): Period => ({ since, until, interval: intervalOf(since, until) });
  switch (span) {
    case "today":
      return days(midnight, before(-1));
    case "yesterday":
      return days(before(1), midnight);
    case "7":
    case "30":
    case "90":
      return days(before(Number(span) - 1), before(-1));
    case "own": {
      const since = dayOf(own.since) ?? before(6);
      const last = dayOf(own.until) ?? midnight;
      const until = new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1);
      return days(since, until > since ? until : new Date(since.getTime() + DAY_MILLIS));
    }
  }
}

export function intervalOf(since: Date, until: Date): Period["interval"] {
  const n = (until.getTime() - since.getTime()) / DAY_MILLIS;
  return n > HOURLY_DAYS_MAX ? 1440 : 60;
}

/** A day as fields of dates write it, at its midnight here. */
function dayOf(text: string): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return day === undefined ? undefined : new Date(Number(year), Number(month) - 1, Number(day));
}

/** Beginnings of all intervals of a period, so that those without calls are seen as such. */
export function beginnings({ since, until, interval }: Period): Date[] {
  const found: Date[] = [];
  for (let at = since; at < until; ) {
    found.push(at);
    at =
      interval === 1440
        ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1)
        : new Date(at.getTime() + interval * 60_000);
  }
  return found;
}

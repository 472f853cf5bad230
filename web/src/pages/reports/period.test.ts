import { expect, test } from "vitest";
import { beginnings, periodOf } from "./period";

const now = new Date(2026, 10, 29, 15, 30);
const none = { since: "", until: "" };
const day = (month: number, date: number) => new Date(2026, month - 1, date);

test("spans begin and end at midnight, and today is one of the days", () => {
  expect(periodOf("today", now, none)).toEqual({ since: day(11, 29), until: day(11, 30), interval: 60 });
  expect(periodOf("yesterday", now, none)).toEqual({ since: day(11, 28), until: day(11, 29), interval: 60 });
  expect(periodOf("7", now, none)).toEqual({ since: day(11, 23), until: day(11, 30), interval: 1440 });
});

test("days of one's own are whole days, the last included, and never end before they begin", () => {
  expect(periodOf("own", now, { since: "2026-11-01", until: "2026-11-02" })).toMatchObject({ since: day(11, 1), until: day(11, 3) });
  const { since, until } = periodOf("own", now, { since: "2026-11-05", until: "2026-11-01" });
  expect(until.getTime()).toBeGreaterThan(since.getTime());
});

test("each interval is there, with calls or without", () => {
  expect(beginnings(periodOf("7", now, none))).toHaveLength(7);
  expect(beginnings(periodOf("yesterday", now, none)).length).toBeGreaterThanOrEqual(23);
});

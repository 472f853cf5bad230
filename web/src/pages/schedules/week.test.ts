import { expect, test } from "vitest";
import { USUAL_WEEK, isHours, ruleOf, weekOf } from "./week";

test("hours are the same after they were typed", () => {
  const week = { ...USUAL_WEEK, monday: "09:00-12:00, 13:00-17:00" };
  expect(weekOf(ruleOf(week))).toEqual(week);
});

test("24:00 is the day's end", () => {
  expect(ruleOf({ ...USUAL_WEEK, monday: "22:00 – 24:00" }).monday).toEqual([{ start: "22:00", end: "00:00" }]);
});

test("what is shown nowhere stays", () => {
  expect(ruleOf(USUAL_WEEK, { type: "weekly", complement: true }).complement).toBe(true);
});

test.each(["", "09:00-17:00", "09:00-12:00,13:00-24:00"])("%j is hours of a day", (text) => {
  expect(isHours(text)).toBe(true);
});

test.each(["9-17", "25:00-26:00", "09:00", "nine to five"])("%j is no hours of a day", (text) => {
  expect(isHours(text)).toBe(false);
});

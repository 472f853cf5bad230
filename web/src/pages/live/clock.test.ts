import { expect, test } from "vitest";
import { goneOn } from "./clock";

test("seconds go on since they were read, and never back", () => {
  expect(goneOn(10, 5_000, 7_900)).toBe(12);
  expect(goneOn(10, 5_000, 4_000)).toBe(10);
});

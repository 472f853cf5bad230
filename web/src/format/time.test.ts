import { expect, test } from "vitest";
import { duration } from "./time";

test.each([
  [0, "0:00"],
  [59, "0:59"],
  [123, "2:03"],
  [3_723, "1:02:03"],
  [-1, "0:00"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

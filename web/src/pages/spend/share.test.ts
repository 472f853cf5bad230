import { expect, test } from "vitest";
import { shareOf } from "./share";

test.each([
  ["5.00", "20.00", 25],
  ["0.00", "20.00", 0],
  ["5.00", "0.00", 0],
  ["a lot", "20.00", 0],
])("%s is of %s %d percent", (amount, whole, share) => {
  expect(shareOf(amount, whole)).toBe(share);
});

import { expect, test } from "vitest";
import { ticksTo } from "./ticks";

test.each([
  [0, [0, 1]],
  [1, [0, 0.5, 1]],
  [7, [0, 2, 4, 6, 8]],
  [40, [0, 10, 20, 30, 40]],
  [950, [0, 500, 1000]],
])("up to %d the lines are round", (most, ticks) => {
  expect(ticksTo(most)).toEqual(ticks);
});

import { expect, test } from "vitest";
import { figuresOf } from "./figures";

test("what the server tells is taken, and what is none of it is not", () => {
  const told = { at: "2026-11-29T09:00:00Z", day_start: "2026-11-29T00:00:00Z", interval_start: "", queues: [], attendants: [] };
  expect(figuresOf(JSON.stringify(told))).toEqual(told);
  for (const text of ["", "{", "7", "null", "{}", '{"queues":7}']) expect(figuresOf(text)).toBeUndefined();
});

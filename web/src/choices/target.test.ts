import { expect, test } from "vitest";
import { draftOf, targetOf } from "./target";

test("a place that is only looked at stays what it was", () => {
  const target = { type: "call_queue", id: "7", priority: 2 } as const;
  expect(targetOf(draftOf(target), target)).toEqual(target);
});

test("another kind of place keeps nothing of the one before", () => {
  const before = { type: "call_queue", id: "7", priority: 2 } as const;
  expect(targetOf({ kind: "user", value: "8" }, before)).toEqual({ type: "user", id: "8" });
});

test("a number outside is a number, not an id", () => {
  expect(targetOf({ kind: "external", value: "+14255550123" })).toEqual({ type: "external", number: "+14255550123" });
});

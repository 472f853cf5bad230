import { expect, test } from "vitest";
import { wordOf } from "./missed";

test("what the API calls a call that was missed has words here, and what it may say tomorrow has none", () => {
  expect(wordOf("abandoned")).toBe("abandoned");
  expect(wordOf("answered")).toBeUndefined();
  expect(wordOf("eaten_by_a_dog")).toBeUndefined();
});

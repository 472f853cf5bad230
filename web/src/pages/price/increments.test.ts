import { expect, test } from "vitest";
import { stepsOf } from "./increments";

test("steps of counting are the first one and each that follows", () => {
  expect(stepsOf("30/6")).toEqual({ first: 30, next: 6 });
  expect(stepsOf("60")).toBeUndefined();
  expect(stepsOf("")).toBeUndefined();
});

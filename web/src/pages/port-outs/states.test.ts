import { expect, test } from "vitest";
import { named } from "./states";

test("all numbers are named by none", () => {
  expect(named(["+1", "+2"], ["+1", "+2"])).toEqual([]);
  expect(named(["+2"], ["+1", "+2"])).toEqual(["+2"]);
});

import { expect, test } from "vitest";
import { USUAL, requestOf } from "./fate";

test("numbers of who leaves are held, given back, or given to somebody who was chosen", () => {
  expect(requestOf(USUAL)).toEqual({ other_numbers: { type: "hold", days: 30 }, successor: null });
  expect(requestOf({ ...USUAL, fate: "release", successor: "102" })).toEqual({ other_numbers: { type: "release" }, successor: "102" });
  expect(requestOf({ ...USUAL, fate: "user", to: "b" })).toEqual({ other_numbers: { type: "user", id: "b" }, successor: null });
});

test("as long as nobody is chosen nothing is asked for", () => {
  expect(requestOf({ ...USUAL, fate: "user" })).toBeUndefined();
  expect(requestOf({ ...USUAL, fate: "resource_account" })).toBeUndefined();
});

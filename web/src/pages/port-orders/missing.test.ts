import { expect, test } from "vitest";
import { missingOf } from "./missing";

test("what is attached is not missing, and what nobody asks for never is", () => {
  expect(missingOf(["bill", "letter_of_authorization"], [{ kind: "bill" }, { kind: "bill" }])).toEqual(["letter_of_authorization"]);
  expect(missingOf([], [{ kind: "other" }])).toEqual([]);
});

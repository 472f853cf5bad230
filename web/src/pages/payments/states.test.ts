import { expect, test } from "vitest";
import { leftOf, outcomeOf } from "./states";

const paid = { amount: "50.00", state: "succeeded", refunded: null, charged_back: null };

test.each([
  [{}, "50.00", "none"],
  [{ refunded: "20.00" }, "30.00", "partly_refunded"],
  [{ refunded: "50.00" }, "0.00", "refunded"],
  [{ refunded: "20.00", charged_back: "30.00" }, "0.00", "charged_back"],
  [{ refunded: "0.00", charged_back: "0.00" }, "50.00", "none"],
])("of a payment of which %j came back %s is left", (back, left, outcome) => {
  expect(leftOf({ ...paid, ...back })).toBe(left);
  expect(outcomeOf({ ...paid, ...back })).toBe(outcome);
});

test("what was never paid can't have come back", () => {
  expect(outcomeOf({ ...paid, state: "pending", refunded: "50.00" })).toBe("none");
});

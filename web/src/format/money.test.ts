import { expect, test } from "vitest";
import { amount, sumOf } from "./money";

test.each([
  [["1.10", "2.20"], "3.30"],
  [["0.000001", "0.000002"], "0.000003"],
  [["90071992547409.93", "0.000001"], "90071992547409.930001"],
  [["5.00", "-7.25"], "-2.25"],
  [["-0.50", "0.25"], "-0.25"],
  [[], "0.00"],
])("%j come to %s", (amounts, sum) => {
  expect(sumOf(amounts)).toBe(sum);
});

test("an amount keeps its digits, and has the places of its currency at least", () => {
  expect(amount("25.00", "USD")).toMatch(/25[.,]00/);
  expect(amount("0.0125", "USD")).toMatch(/0[.,]0125/);
  expect(amount("90071992547409.930001", "USD")).toMatch(/409[.,]930001/);
});

test("what is no amount is shown as it is", () => {
  expect(amount("1e9", "USD")).toBe("1e9 USD");
  expect(amount("1.00", "")).toBe("1.00");
});

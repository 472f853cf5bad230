import { expect, test } from "vitest";
import { verdictOf } from "./verdict";

const number = "+12065550100";

test.each([
  [{ number, let_in: true }, "letIn"],
  [{ number, let_in: true, by: "Our own" }, "exempted"],
  [{ number, let_in: false, by: "Spam", resource_account: "a" }, "redirected"],
  [{ number, let_in: false, by: "Spam", resource_account: null }, "refused"],
] as const)("%j is %s", (tested, verdict) => {
  expect(verdictOf(tested)).toBe(verdict);
});

import { expect, test } from "vitest";
import type { Credits } from "../../api/__generated__/schema";
import { changeOf, draftOf } from "./settings";

const credits: Credits = {
  enabled: true,
  currency: "USD",
  balance: "25.00",
  owed: "0.00",
  state: "active",
  settings: {
    mode: "prepaid",
    credit_limit: "0.00",
    frozen: false,
    coverage: "everybody",
    use_partial_pools: true,
    dual_mode: "independent",
    on_exhaustion: { action: "warn_and_hangup" },
    toll_free_reserve: "0.00",
    unrated: "free",
    low_balance: "5.00",
  },
};
const before = draftOf(credits);

test("what nobody touched is not sent", () => {
  expect(changeOf(before, before)).toEqual({});
});

test("a limit that was emptied is cleared, a part of the balance becomes nothing", () => {
  expect(changeOf(before, { ...before, low_balance: " ", toll_free_reserve: "" })).toEqual({ low_balance: null, toll_free_reserve: "0" });
});

test("what callers hear is as it is usual where nobody said something else, and sent where somebody does", () => {
  expect([before.warning, before.refusal]).toEqual(["tone", "spoken"]);
  expect(changeOf(before, { ...before, warning: "announcement", refusal: "off" })).toEqual({ warning: "announcement", refusal: "off" });
});

test("how long a call may go on is sent with what becomes of it, and only then", () => {
  expect(changeOf(before, { ...before, action: "finish_call", seconds_max: "600", debt_max: "1.00" })).toEqual({
    on_exhaustion: { action: "finish_call", seconds_max: 600, debt_max: "1.00" },
  });
  expect(changeOf(before, { ...before, action: "hangup_now", seconds_max: "600" })).toEqual({ on_exhaustion: { action: "hangup_now" } });
});

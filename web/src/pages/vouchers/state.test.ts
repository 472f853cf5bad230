import { expect, test } from "vitest";
import { stateOf } from "./state";

const now = Date.parse("2026-06-01T00:00:00Z");

test("a voucher is free until it is redeemed or lapses", () => {
  expect(stateOf({}, now)).toBe("free");
  expect(stateOf({ expires_at: "2026-06-01T00:00:01Z" }, now)).toBe("free");
  expect(stateOf({ expires_at: "2026-06-01T00:00:00Z" }, now)).toBe("lapsed");
  expect(stateOf({ expires_at: "2026-01-01T00:00:00Z", redeemed_at: "2025-12-01T00:00:00Z" }, now)).toBe("redeemed");
});

import { expect, test } from "vitest";
import { validity } from "./decks";

const deck = { valid_from: "2026-01-01T00:00:00Z", valid_to: "2026-02-01T00:00:00Z" };

test.each([
  ["2025-12-31T23:59:59Z", "later"],
  ["2026-01-01T00:00:00Z", "now"],
  ["2026-01-31T23:59:59Z", "now"],
  ["2026-02-01T00:00:00Z", "before"],
])("at %s a version holds %s", (at, holds) => {
  expect(validity(deck, Date.parse(at))).toBe(holds);
});

test("a version that nothing follows holds on", () => {
  expect(validity({ valid_from: "2026-01-01T00:00:00Z" }, Date.parse("2036-01-01T00:00:00Z"))).toBe("now");
});

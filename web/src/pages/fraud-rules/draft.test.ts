import { expect, test } from "vitest";
import { type ShownRule, bodyOf, draftOf } from "./draft";

const rule: ShownRule = {
  name: "Premium",
  enabled: true,
  calls: { prefixes: ["4990"], countries: ["DE"], kinds: ["premium"], dearer_than: "1.50" },
  velocity: { per: "organization", seconds: 600, calls_max: 5, amount_max: null },
  exempt: ["a"],
  by_seller: false,
  people: [{ id: "a", label: "Alice (101)" }],
};

test("what was read is sent as it was", () => {
  const { name: _, by_seller: __, people: ___, ...same } = rule;
  expect(bodyOf(draftOf(rule))).toEqual(same);
});

test("a new rule stops nobody, and what is empty is nothing", () => {
  const draft = draftOf(undefined);
  expect(bodyOf(draft)).toEqual({ enabled: false, calls: { prefixes: [], countries: [], kinds: [], dearer_than: null }, velocity: null, exempt: [] });
  expect(bodyOf({ ...draft, counts: true, amount_max: " 5.00 " }).velocity).toEqual({ per: "person", seconds: 3600, calls_max: null, amount_max: "5.00" });
});

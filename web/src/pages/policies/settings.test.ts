import { expect, test } from "vitest";
import { changed, shapeOf, wordsOf } from "./settings";

test.each([
  ["true or false", undefined, { as: "switch" }],
  ["one of a, b", ["a", "b"], { as: "choice", choices: ["a", "b"], mayBeNothing: false }],
  ["one of a, b, or null", ["a", "b"], { as: "choice", choices: ["a", "b"], mayBeNothing: true }],
  ["a whole number from 30 to 7200", undefined, { as: "number", min: 30, max: 7200, mayBeNothing: false }],
  ["the id of a resource account, or null", undefined, { as: "object", kind: "resource_account" }],
  ["the id of a site, or null", undefined, { as: "object", kind: "site" }],
  ["a list of at most 100, each the id of a translation rule", undefined, { as: "objects", kind: "translation_rule" }],
  ["a list of at most 50 whole numbers from 400 to 699", undefined, { as: "numbers" }],
  ["a moment such as 2026-11-28T22:00:00Z, or null", undefined, { as: "moment" }],
  ["a list of at most 100 texts", undefined, { as: "texts" }],
  ["a list of at most 100, each a number such as +14255550100", undefined, { as: "texts" }],
  ["a list of at most 50, each with emergency_dial_string, emergency_dial_masks (1 to 10 digits each) and pstn_usage", undefined, { as: "json" }],
  ["a text of at most 200 characters, or null", undefined, { as: "text", mayBeNothing: true }],
])("what takes %j is typed so", (takes, choices, shape) => {
  expect(shapeOf({ takes, ...(choices ? { choices } : {}) })).toEqual(shape);
});

test("only what was changed is told", () => {
  expect(changed({ a: 1, b: [1], c: null }, { a: 1, b: [1, 2], c: null, d: true })).toEqual({ b: [1, 2], d: true });
});

test("names are read as words", () => {
  expect(wordsOf("allow_call_park")).toBe("Allow call park");
  expect(wordsOf("sip_devices_id")).toBe("SIP devices ID");
});

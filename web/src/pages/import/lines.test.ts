import { expect, test } from "vitest";
import { type Line, aboutOf, cellOf, countsOf, outcomeOf, wishesOf } from "./lines";

const person = (line: number, result: unknown, state: Line["state"] = "done"): Line => ({
  line,
  state,
  wish: { extension: "180", display_name: "Fay Fox", groups: ["a", "b"], site: null },
  result,
});

test.each([
  [person(2, { created: true, extension: "180" }), "made"],
  [person(3, { created: false, extension: "180" }), "changed"],
  [person(4, null), "unchanged"],
  [person(5, null, "failed"), "failed"],
  [person(6, null, "waiting"), "waiting"],
  [{ line: 7, state: "done", wish: { number: "+12065550177" }, result: { before: null, after: {} } }, "made"],
  [{ line: 8, state: "done", wish: { number: "+12065550177" }, result: { before: {}, after: {} } }, "changed"],
] as const satisfies readonly (readonly [Line, string])[])("line %j", (line, outcome) => {
  expect(outcomeOf(line)).toBe(outcome);
});

test("lines are counted by what becomes of them", () => {
  expect(countsOf([person(2, { created: true }), person(3, null), person(4, null, "failed"), person(5, null)])).toEqual({
    made: 1,
    changed: 0,
    unchanged: 2,
    failed: 1,
    waiting: 0,
  });
});

test("a line says what it is about, and what it wants cell by cell", () => {
  const line = person(2, null);
  expect(aboutOf(line)).toBe("180 Fay Fox");
  expect(wishesOf([line, person(3, null)])).toEqual(["extension", "display_name", "groups", "site"]);
  expect(wishesOf([line]).map((name) => cellOf(line, name))).toEqual(["180", "Fay Fox", "a;b", ""]);
});

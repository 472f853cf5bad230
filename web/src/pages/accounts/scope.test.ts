import { expect, test } from "vitest";
import type { GrantScope } from "../../api/__generated__/schema";
import { isWhole, scopeOf, wordsOf } from "./scope";

test.each([
  [{ part: "tag", value: " Sales ", last: "" }, { type: "tag", tag: "Sales" }, "Sales"],
  [{ part: "country", value: "de", last: "" }, { type: "country", country: "DE" }, "DE"],
  [{ part: "number_range", value: "+1 (425) 555-0100", last: "+14255550199" }, { type: "number_range", first: "+14255550100", last: "+14255550199" }, "+14255550100 – +14255550199"],
  [{ part: "number_range", value: "+14255550100", last: " " }, { type: "number_range", first: "+14255550100", last: "+14255550100" }, "+14255550100"],
  [{ part: "site", value: "s", last: "" }, { type: "site", id: "s" }, "s"],
] as const)("%j is a part of the organization", (typed, scope, words) => {
  expect(scopeOf(typed)).toEqual(scope);
  expect(wordsOf(scope satisfies GrantScope)).toBe(words);
});

test("what is half typed is no part", () => {
  expect(scopeOf({ part: "number_range", value: " ", last: "+14255550199" })).toBeUndefined();
});

test("a role without a part is given for all of it", () => {
  expect(isWhole({ role: "viewer" })).toBe(true);
  expect(isWhole({ role: "viewer", scope: { type: "tenant" } })).toBe(true);
  expect(isWhole({ role: "viewer", scope: { type: "country", country: "DE" } })).toBe(false);
});

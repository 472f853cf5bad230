import { expect, test } from "vitest";
import { SCOPES, scopeOf, scopeText } from "./scope";

test("a scope is read as it is written", () => {
  expect(scopeOf("everybody")).toEqual({ kind: "everybody", which: "" });
  expect(scopeOf("department:R&D: Lab")).toEqual({ kind: "department", which: "R&D: Lab" });
  for (const kind of SCOPES.slice(1)) expect(scopeText(scopeOf(`${kind}:x y`))).toBe(`${kind}:x y`);
});

test("everybody has no name, and spaces around one are not sent", () => {
  expect(scopeText({ kind: "everybody", which: "Sales" })).toBe("everybody");
  expect(scopeText({ kind: "tag", which: " lobby " })).toBe("tag:lobby");
});

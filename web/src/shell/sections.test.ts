import { expect, test } from "vitest";
import { SECTIONS } from "../paths";
import { GROUPS, shown } from "./sections";

test("each page is in the navigation once", () => {
  const named = GROUPS.flatMap(({ entries }) => entries.map(({ section }) => section));
  expect(named.toSorted()).toEqual(SECTIONS.toSorted());
});

test("nobody sees a page that they may not read, nor a group without pages", () => {
  const groups = shown((permission) => permission === "licenses.read");
  expect(groups.map(({ name, entries }) => [name, entries.length])).toEqual([["people", 1]]);
});

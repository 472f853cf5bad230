import { expect, test } from "vitest";
import { arrange } from "./arrange";
import { viewOf } from "./view";

const columns = [
  { id: "name", title: "Name", text: (row: { name: string; kind: string }) => row.name },
  { id: "kind", title: "Kind", text: (row: { name: string; kind: string }) => row.kind },
];
const filters = [{ id: "kind", title: "Kind", choices: [{ value: "queue", label: "Queue" }] }];
const rows = [
  { name: "Line 10", kind: "queue" },
  { name: "line 9", kind: "menu" },
  { name: "Front desk", kind: "queue" },
];
const names = (search: Partial<Record<string, string>>) =>
  arrange(rows, { columns, filters }, viewOf(search)).map(({ name }) => name);

test("numbers in names are sorted as numbers", () => {
  expect(names({ sort: "name" })).toEqual(["Front desk", "line 9", "Line 10"]);
  expect(names({ sort: "-name" })).toEqual(["Line 10", "line 9", "Front desk"]);
});

test("text is found in any column, whatever its capital letters", () => {
  expect(names({ q: "LINE" })).toEqual(["Line 10", "line 9"]);
  expect(names({ q: "menu" })).toEqual(["line 9"]);
});

test("a choice fits only what is the same", () => {
  expect(names({ "f.kind": "queue" })).toEqual(["Line 10", "Front desk"]);
  expect(names({ "f.kind": "que" })).toEqual([]);
});

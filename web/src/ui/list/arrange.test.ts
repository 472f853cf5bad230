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

test("moments and amounts are sorted by what they are, and not by how they are written", () => {
  const months = [
    { id: "may", text: "May 4, 2026", at: 3, sum: 12_500_000n },
    { id: "april", text: "Apr 30, 2026", at: 2, sum: -1n },
    { id: "never", text: "", at: undefined, sum: 9_000_000n },
    { id: "december", text: "Dec 1, 2025", at: 1, sum: 9_007_199_254_740_993n },
  ];
  const both = [
    { id: "at", title: "At", text: ({ text }: { text: string }) => text, order: ({ at }: (typeof months)[number]) => at },
    { id: "sum", title: "Sum", text: () => "", order: ({ sum }: (typeof months)[number]) => sum },
  ];
  const sorted = (sort: string) => arrange(months, { columns: both }, viewOf({ sort })).map(({ id }) => id);
  expect(sorted("at")).toEqual(["never", "december", "april", "may"]);
  expect(sorted("-at")).toEqual(["may", "april", "december", "never"]);
  expect(sorted("sum")).toEqual(["april", "never", "may", "december"]);
});

test("text is found in any column, whatever its capital letters", () => {
  expect(names({ q: "LINE" })).toEqual(["Line 10", "line 9"]);
  expect(names({ q: "menu" })).toEqual(["line 9"]);
});

test("a choice fits only what is the same", () => {
  expect(names({ "f.kind": "queue" })).toEqual(["Line 10", "Front desk"]);
  expect(names({ "f.kind": "que" })).toEqual([]);
});

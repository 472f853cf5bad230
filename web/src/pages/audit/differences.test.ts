import { expect, test } from "vitest";
import { differences } from "./differences";

test("only what differs is told", () => {
  expect(differences({ name: "Ann", ring: 20, tags: ["a"] }, { name: "Ann", ring: 30, tags: ["a"] })).toEqual([
    { field: "ring", before: "20", after: "30" },
  ]);
});

test("what was made has nothing before, what was deleted nothing after", () => {
  expect(differences(null, { name: "Ann" })).toEqual([{ field: "name", before: undefined, after: "Ann" }]);
  expect(differences({ name: "Ann" }, null)).toEqual([{ field: "name", before: "Ann", after: undefined }]);
});

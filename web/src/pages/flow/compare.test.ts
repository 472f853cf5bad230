import { expect, test } from "vitest";
import { compare } from "./compare";

test("settings that differ are told by their place, those alike are not", () => {
  const before = { name: "Main", menu: { options: [{ key: "1" }, { key: "2" }] }, operator: null };
  const after = { name: "Main", menu: { options: [{ key: "1" }, { key: "5" }, { key: "6" }] } };
  expect(compare(before, after)).toEqual([
    { path: "menu.options[2].key", before: "2", after: "5" },
    { path: "menu.options[3].key", before: "", after: "6" },
  ]);
  expect(compare(after, after)).toEqual([]);
});

test("what an id stands for is said by its name", () => {
  const nameOf = (id: string) => (id === "7" ? "Alice" : undefined);
  expect(compare({ agents: ["7"] }, { agents: ["8"] }, nameOf)).toEqual([{ path: "agents[1]", before: "Alice", after: "8" }]);
});

import { expect, test } from "vitest";
import { everything } from "./everything";

const pages = [
  { items: [1, 2], next_cursor: "b" },
  { items: [3], next_cursor: "c" },
  { items: [4], next_cursor: null },
];
const at: Record<string, number> = { b: 1, c: 2 };

async function load(cursor: string | undefined) {
  const page = pages[cursor === undefined ? 0 : (at[cursor] ?? 0)];
  if (page === undefined) throw new Error("there is no such page");
  return page;
}

test("all pages are read in their order", async () => {
  expect(await everything(load)).toEqual([1, 2, 3, 4]);
});

test("no page is read beyond the number that is wanted", async () => {
  expect(await everything(load, 3)).toEqual([1, 2, 3]);
});

import { expect, test } from "vitest";
import { doEach } from "./each";

test("each of many is done once, and what fails is named at the end", async () => {
  const seen: number[] = [];
  const items = Array.from({ length: 11 }, (_, place) => place + 1);
  const far: number[] = [];
  const { done, total, failures } = await doEach(
    items,
    async (item) => {
      seen.push(item);
      if (item % 5 === 0) throw new Error(`no ${item}`);
    },
    (progress) => far.push(progress.done),
  );
  expect(seen.toSorted((one, other) => one - other)).toEqual(items);
  expect([done, total]).toEqual([11, 11]);
  expect(failures.map(({ item }) => item)).toEqual([5, 10]);
  expect(far.at(-1)).toBe(11);
});

test("nothing is done with none", async () => {
  expect(await doEach([], () => Promise.reject(new Error("never")))).toEqual({ done: 0, total: 0, failures: [] });
});

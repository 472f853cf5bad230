import { expect, test } from "vitest";
import { History, type PastCall } from "./history";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

function call(id: string): PastCall {
  return { id, at: "2026-03-02T15:00:00Z", direction: "in", name: "Bob", number: "102", outcome: "answered", seconds: 3 };
}

test("the newest call is first, and each phone has its own", () => {
  const kept = storage();
  const history = new History("demo/101", kept);
  history.add(call("a"));
  history.add(call("b"));
  expect(history.read().map(({ id }) => id)).toEqual(["b", "a"]);
  expect(new History("demo/102", kept).read()).toEqual([]);
  history.clear();
  expect(history.read()).toEqual([]);
});

test("there are never more than a hundred, and what is broken is left out", () => {
  const kept = storage();
  const history = new History("demo/101", kept);
  for (let n = 0; n < 130; n += 1) history.add(call(String(n)));
  expect(history.read()).toHaveLength(100);
  kept.setItem("phone.history.demo/101", '[{"id":1},null,"x"]');
  expect(history.read()).toEqual([]);
  kept.setItem("phone.history.demo/101", "not json");
  expect(history.read()).toEqual([]);
});

import { expect, test } from "vitest";
import { add, together } from "./totals";

test("counts are added, means are weighed by what they are of, and what is of nothing is nothing", () => {
  const rows = [
    { tot_answered_calls: 3, avg_speed_answer: 10, tot_abandoned_calls: 0, avg_wait_abandoned: null, talk_seconds: 60 },
    { tot_answered_calls: 1, avg_speed_answer: 30, tot_abandoned_calls: 0, avg_wait_abandoned: null, talk_seconds: 5 },
    { tot_answered_calls: 0, avg_speed_answer: null, tot_abandoned_calls: 0, avg_wait_abandoned: null, talk_seconds: 0 },
  ];
  expect(add(rows)).toEqual({
    tot_answered_calls: 4,
    avg_speed_answer: 15,
    tot_abandoned_calls: 0,
    avg_wait_abandoned: null,
    talk_seconds: 65,
  });
});

test("an agent's means are weighed by an agent's counts", () => {
  expect(add([{ avg_handle_time: 10, tot_calls_answered: 1 }, { avg_handle_time: 40, tot_calls_answered: 2 }])["avg_handle_time"]).toBe(30);
});

test("rows that are about the same come together in their order", () => {
  expect([...together([1, 2, 3], (n) => String(n % 2))]).toEqual([["1", [1, 3]], ["0", [2]]]);
});

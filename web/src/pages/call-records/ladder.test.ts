import { expect, test } from "vitest";
import { arrowOf, lanesOf, lookOf } from "./ladder";

const messages = [
  { from: "+12065550123", to: "us" },
  { from: "us", to: "101" },
  { from: "101", to: "us" },
  { from: "us", to: "102" },
];

test("who called is on the left, the server beside them, and whoever is called on the right", () => {
  expect(lanesOf(messages)).toEqual(["+12065550123", "us", "101", "102"]);
  expect(lanesOf([])).toEqual(["us"]);
});

test("an arrow leads from the line of who says it to the line of who hears it", () => {
  const lanes = ["a", "us"];
  expect(arrowOf({ from: "a", to: "us" }, lanes)).toEqual({ begins: 0.25, ends: 0.75 });
  expect(arrowOf({ from: "us", to: "a" }, lanes)).toEqual({ begins: 0.75, ends: 0.25 });
});

test.each([
  ["INVITE", "quiet"],
  ["180 Ringing", "quiet"],
  ["200 OK (INVITE)", "fine"],
  ["401 Unauthorized", "quiet"],
  ["486 Busy Here", "bad"],
  ["603 Decline", "bad"],
] as const)("%s looks %s", (message, look) => {
  expect(lookOf(message)).toBe(look);
});

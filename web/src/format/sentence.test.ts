import { expect, test } from "vitest";
import { sentence } from "./sentence";

test.each([
  ["there are no people", "There are no people."],
  ["Is it there?", "Is it there?"],
  ["", "."],
  ["the caller hears “Welcome.”", "The caller hears “Welcome.”"],
])("%j is said as %j", (text, said) => {
  expect(sentence(text)).toBe(said);
});

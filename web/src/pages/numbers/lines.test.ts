import { expect, test } from "vitest";
import { itemsOf } from "./lines";

test("numbers stand in lines or between commas", () => {
  expect(itemsOf("+14255550101\n\n +14255550102 ; +14255550103,")).toEqual([
    "+14255550101",
    "+14255550102",
    "+14255550103",
  ]);
});

test("two numbers with a dash are the first and the last of a range", () => {
  expect(itemsOf("+14255550110-+14255550119")).toEqual([{ first: "+14255550110", last: "+14255550119" }]);
  expect(itemsOf("+14255550110 – +14255550119")).toEqual([{ first: "+14255550110", last: "+14255550119" }]);
});

test("dashes within a number belong to it", () => {
  expect(itemsOf("+1 425-555-0101")).toEqual(["+1 425-555-0101"]);
});

import { expect, test } from "vitest";
import { addressOf, clock, dialable } from "./target";

test("numbers are dialled however they are written, names are not numbers", () => {
  expect(dialable("102")).toBe("102");
  expect(dialable(" +1 (425) 555-0100 ")).toBe("+14255550100");
  expect(dialable("*43")).toBe("*43");
  expect(dialable("030/12 34.56")).toBe("030123456");
  for (const other of ["", "  ", "Bob", "Bob 2", "+", "1+2", "a@b", "sip:102"]) expect([other, dialable(other)]).toEqual([other, undefined]);
});

test("an address holds what was dialled and nothing else", () => {
  expect(addressOf("+14255550100", "demo.test")).toBe("sip:+14255550100@demo.test");
  expect(addressOf("*43", "demo.test")).toBe("sip:%2A43@demo.test");
  expect(addressOf("#5", "demo.test")).toBe("sip:%235@demo.test");
});

test("times look like those of a clock", () => {
  expect([0, 5.9, 65, 3_723, -3].map(clock)).toEqual(["0:00", "0:05", "1:05", "1:02:03", "0:00"]);
});

import { expect, test } from "vitest";
import { nounOf } from "./events";

test("a change names the kind of object that it is about", () => {
  expect(nounOf('{"id":7,"noun":"user","action":"change"}')).toBe("user");
});

test.each(["", "{", "[]", "null", '{"noun":7}'])("%j outdates nothing", (data) => {
  expect(nounOf(data)).toBe("");
});

import { expect, test } from "vitest";
import { placeOf } from "./place";

test.each([
  [{ city: "Seattle", region: "US-WA", country: "US" }, "Seattle, US-WA"],
  [{ city: null, region: null, country: "DE" }, "DE"],
  [{ city: "", region: undefined, country: null }, ""],
])("of %j somebody reads %j", (number, place) => {
  expect(placeOf(number)).toBe(place);
});

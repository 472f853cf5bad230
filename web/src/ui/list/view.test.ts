import { expect, test } from "vitest";
import { searchOf, viewOf } from "./view";

test("what a list shows is the same after it was in an address", () => {
  const view = {
    q: "ann",
    sort: "-display_name",
    columns: ["name", "site"],
    open: "7",
    filters: { enabled: "true", site: "Berlin" },
  };
  expect(viewOf(searchOf(view))).toEqual(view);
});

test("what is not set is not in the address", () => {
  expect(searchOf(viewOf({}))).toEqual({});
});

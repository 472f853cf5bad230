import { expect, test } from "vitest";
import { newOf } from "./draft";

test("a template is of an attendant or of a queue, and never of both", () => {
  const typed = { name: " Branch ", description: "", app: "7" };
  expect(newOf({ ...typed, type: "call_queue" })).toEqual({ name: "Branch", description: "", call_queue: "7" });
  expect(newOf({ ...typed, type: "auto_attendant" })).toEqual({ name: "Branch", description: "", auto_attendant: "7" });
});

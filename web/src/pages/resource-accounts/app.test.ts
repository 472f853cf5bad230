import { expect, test } from "vitest";
import { appOf, valueOf } from "./app";

test("what answers is the same after it was chosen", () => {
  const app = { type: "call_queue", id: "7" } as const;
  expect(appOf(valueOf(app))).toEqual(app);
});

test("nothing chosen is nothing that answers", () => {
  expect(appOf(valueOf(null))).toBeNull();
  expect(appOf("user 7")).toBeNull();
});

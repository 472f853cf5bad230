import { expect, test } from "vitest";
import { reportOf } from "./states";

const typed = { state: "completed", at: "2030-01-31T15:00", reason: "the name differs", numbers: [] } as const;

test("a report has what belongs to its state, and nothing else that was typed", () => {
  expect(reportOf({ ...typed, numbers: [] })).toEqual({ state: "completed" });
  expect(reportOf({ ...typed, state: "error", numbers: ["+12065550142"] })).toEqual({ state: "error", reason: "the name differs", numbers: ["+12065550142"] });
  expect(reportOf({ ...typed, state: "transfer_approved", numbers: [] })).toEqual({ state: "transfer_approved", transfer_at: new Date("2030-01-31T15:00").toISOString() });
});

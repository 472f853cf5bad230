import { expect, test } from "vitest";
import type { UnassignedTarget } from "../../api/__generated__/schema";
import { draftOf, targetOf } from "./target";

test.each<UnassignedTarget>([
  { type: "user", id: "a" },
  { type: "resource_account", id: "b" },
  { type: "announcement", prompt: { type: "text", text: "Nobody is here." } },
  { type: "announcement", prompt: { type: "audio_file", id: "c", file_name: "gone.wav" } },
])("what was read is sent as it was: %j", (target) => {
  expect(targetOf(draftOf(target))).toEqual(target);
});

test("who chooses somebody else says nothing of what was announced", () => {
  const draft = draftOf({ type: "announcement", prompt: { type: "text", text: "Gone." } });
  expect(targetOf({ ...draft, kind: "user", id: "a" })).toEqual({ type: "user", id: "a" });
});

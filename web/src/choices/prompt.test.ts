import { expect, test } from "vitest";
import { NO_PROMPT, promptDraftOf, promptOf } from "./prompt";

test("a file stays until a text takes its place", () => {
  const file = { type: "audio_file", id: "7", file_name: "hello.wav" } as const;
  const draft = promptDraftOf(file);
  expect(promptOf(draft)).toEqual(file);
  expect(promptOf({ ...draft, text: "Hello." })).toEqual({ type: "text", text: "Hello." });
});

test("nothing typed is no prompt", () => {
  expect(promptOf(NO_PROMPT)).toBeNull();
  expect(promptOf({ ...NO_PROMPT, text: "  " })).toBeNull();
});

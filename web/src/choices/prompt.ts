import type { Prompt } from "../api/__generated__/schema";

/** A prompt as it is typed; a file that was uploaded stays until a text takes its place. */
export type PromptDraft = { text: string; file: Extract<Prompt, { type: "audio_file" }> | undefined };

export const NO_PROMPT: PromptDraft = { text: "", file: undefined };

export function promptDraftOf(prompt: Prompt | null | undefined): PromptDraft {
  if (!prompt) return NO_PROMPT;
  return prompt.type === "text" ? { text: prompt.text, file: undefined } : { text: "", file: prompt };
}

export function promptOf({ text, file }: PromptDraft): Prompt | null {
  const words = text.trim();
  return words === "" ? (file ?? null) : { type: "text", text: words };
}

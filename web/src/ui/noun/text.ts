/** What was typed; nothing where nothing was. */
export function orNull(text: string): string | null {
  const typed = text.trim();
  return typed === "" ? null : typed;
}

import type { LadderMessage } from "../../api/__generated__/schema";

type Ends = Pick<LadderMessage, "from" | "to">;

/** What the API calls the server itself. */
export const US = "us";

/** The parties of a ladder from left to right: who called, the server, and then everybody else as they come. */
export function lanesOf(messages: readonly Ends[]): string[] {
  const others = [...new Set(messages.flatMap(({ from, to }) => [from, to]))].filter((name) => name !== US);
  return others.length === 0 ? [US] : [...others.slice(0, 1), US, ...others.slice(1)];
}

/** Where an arrow begins and ends, in parts of the width: each party has its line in the middle of its part. */
export function arrowOf({ from, to }: Ends, lanes: readonly string[]): { begins: number; ends: number } {
  const middle = (name: string) => (lanes.indexOf(name) + 0.5) / lanes.length;
  return { begins: middle(from), ends: middle(to) };
}

/** How a message looks: a refusal is bad, an answer that accepts is fine. RFC 3261 §7.2 */
export function lookOf(message: string): "fine" | "bad" | "quiet" {
  const [, status] = /^(\d)\d\d\b/.exec(message) ?? [];
  if (status === undefined) return "quiet";
  // A challenge is how a registered phone shows who it is.
  if (/^40[17]\b/.test(message)) return "quiet";
  return status === "2" ? "fine" : Number(status) >= 4 ? "bad" : "quiet";
}

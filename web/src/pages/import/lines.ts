import type { OrderLine } from "../../api/__generated__/schema";

/** A line of an order. What it wants and what became of it depends on the order. */
export type Line = Pick<OrderLine, "line" | "state"> & { wish?: unknown; result?: unknown };

/** What became of a line, or would. */
export const OUTCOMES = ["made", "changed", "unchanged", "failed", "waiting"] as const;

export type Outcome = (typeof OUTCOMES)[number];

export const LOOKS = { made: "fine", changed: "fine", unchanged: "quiet", failed: "bad", waiting: "quiet" } as const satisfies Record<Outcome, string>;

/** A line that was done without a result found everything as it wants it. */
export function outcomeOf({ state, result }: Line): Outcome {
  if (state !== "done") return state;
  if (result == null) return "unchanged";
  // People tell whether they are new; numbers tell what they were before.
  const isNew = fieldOf(result, "created") === true || fieldOf(result, "before") === null;
  return isNew ? "made" : "changed";
}

/** What a line is about: a number, or a person with an extension. */
export function aboutOf({ wish }: Line): string {
  const texts = ["number", "extension", "display_name"].map((field) => fieldOf(wish, field));
  return texts.filter((text) => typeof text === "string" && text !== "").join(" ");
}

/** How many lines there are of each outcome. */
export function countsOf(lines: readonly Line[]): Record<Outcome, number> {
  const counts = { made: 0, changed: 0, unchanged: 0, failed: 0, waiting: 0 };
  for (const line of lines) counts[outcomeOf(line)] += 1;
  return counts;
}

/** Names of what the lines say, in the order in which the API has them. */
export function wishesOf(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ wish }) => Object.keys(isObject(wish) ? wish : {})))];
}

/** What a line says under a name, as a cell of a file that can be imported again. */
export function cellOf({ wish }: Line, name: string): string {
  const value = fieldOf(wish, name);
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(";") : String(value);
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

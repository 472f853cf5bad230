import type { NumberItem } from "../../api/__generated__/schema";

/** Numbers as they are typed: one in a line, or the first and the last of a range with a dash between. */
export function itemsOf(lines: string): NumberItem[] {
  const wanted = lines.split(/[\r\n,;]+/).map((line) => line.trim());
  return wanted.filter((line) => line !== "").map(itemOf);
}

/** Dashes within a number, as in +1 425-555-0101, are none between two numbers. */
function itemOf(line: string): NumberItem {
  const [, first, last] = /^(.*\d)\s*[-–]\s*(\+.*)$/.exec(line) ?? [];
  return first === undefined || last === undefined ? line : { first, last };
}

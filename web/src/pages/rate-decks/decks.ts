import type { RateDeck } from "../../api/__generated__/schema";

/** Kinds of objects whose changes rate decks show. */
export const NOUNS = ["rate_deck"] as const;

export const DIRECTIONS = ["outbound", "toll_free_inbound"] as const;

/** Whether calls are priced by a version now, will be, or were. */
export function validity({ valid_from, valid_to }: Pick<RateDeck, "valid_from" | "valid_to">, now: number): "now" | "later" | "before" {
  if (Date.parse(valid_from) > now) return "later";
  return valid_to != null && Date.parse(valid_to) <= now ? "before" : "now";
}

/** Files of decks up to here are read into the page; larger ones are for the command line. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;

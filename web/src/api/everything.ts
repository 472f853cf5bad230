/** A page of a list, as the API gives it. */
export type Page<T> = { items: T[]; next_cursor?: string | null };

/** As many as a request may ask for. */
export const PAGE_MAX = 1_000;

/** All pages of a list, one after the other, up to a number that a page in a browser can hold. */
export async function everything<T>(
  load: (cursor: string | undefined) => Promise<Page<T>>,
  itemsMax = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await load(cursor);
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && found.length < itemsMax);
  return found;
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { keyOf } from "../../api/queries";
import { PAGE_MAX, everything } from "../../api/everything";
import { arrange } from "./arrange";
import type { ListDefinition, Params } from "./definition";
import type { View } from "./view";

/** A list that the page sorts is read up to here; no list of settings is longer. */
const PAGE_SORTS_MAX = 5 * PAGE_MAX;

export type Rows<Row> = {
  rows: readonly Row[];
  /** There are more that were not read yet. */
  hasMore: boolean;
  readMore: () => void;
  isReading: boolean;
  error: unknown;
};

/** The rows of a view as far as they were read. */
export function useRows<Row>(definition: ListDefinition<Row>, view: View): Rows<Row> {
  const { where, tenant, name, nouns, about } = definition;
  const params = paramsOf(definition, view);
  const query = useInfiniteQuery({
    queryKey: keyOf(tenant, "list", name, about ?? "", params),
    queryFn: ({ pageParam, signal }) => where.load({ params, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
    meta: { nouns },
  });
  // A hundred thousand rows are put together when others come, and not each time that something else changes.
  const pages = query.data?.pages;
  const read = useMemo(() => pages?.flatMap(({ items }) => items) ?? [], [pages]);
  const mayReadMore = query.hasNextPage && !query.isFetching;
  const { fetchNextPage } = query;
  const readsOn = where.by === "page" && mayReadMore && read.length < PAGE_SORTS_MAX;
  useEffect(() => {
    if (readsOn) void fetchNextPage();
  }, [readsOn, fetchNextPage]);
  return {
    rows: where.by === "page" ? arrange(read, definition, view) : read,
    hasMore: query.hasNextPage,
    readMore: () => {
      if (mayReadMore) void fetchNextPage();
    },
    isReading: query.isFetching,
    error: query.error,
  };
}

/** All rows that a view shows, to the last, in its order. */
export async function readAll<Row>(definition: ListDefinition<Row>, view: View, signal = new AbortController().signal): Promise<Row[]> {
  const params = paramsOf(definition, view);
  const rows = await everything((cursor) => definition.where.load({ params, cursor, signal }));
  return definition.where.by === "page" ? arrange(rows, definition, view) : rows;
}

/** The parameters of the API that a view stands for. */
export function paramsOf<Row>({ where, filters = [] }: ListDefinition<Row>, view: View): Params {
  if (where.by === "page") return {};
  const known = filters.flatMap(({ id }) => (view.filters[id] === undefined ? [] : [[id, view.filters[id]]]));
  const searched = view.q === "" ? {} : (where.search?.(view.q) ?? {});
  const sorted = view.sort === "" ? {} : { sort: view.sort };
  return { ...Object.fromEntries(known), ...searched, ...sorted };
}

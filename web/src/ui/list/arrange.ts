import type { ListDefinition, Rank } from "./definition";
import type { View } from "./view";

const texts = new Intl.Collator(undefined, { numeric: true });

/** The rows of a whole list that a view shows, in its order. */
export function arrange<Row>(
  rows: readonly Row[],
  { columns, filters = [] }: Pick<ListDefinition<Row>, "columns" | "filters">,
  view: View,
): Row[] {
  const wanted = view.q.trim().toLocaleLowerCase();
  const found = rows.filter((row) => {
    const fits = ({ id, choices }: { id: string; choices?: unknown }) => {
      const filter = view.filters[id];
      const text = columns.find((column) => column.id === id)?.text(row) ?? "";
      if (filter === undefined) return true;
      return choices === undefined ? contains(text, filter.toLocaleLowerCase()) : text === filter;
    };
    return filters.every(fits) && (wanted === "" || columns.some(({ text }) => contains(text(row), wanted)));
  });
  const descending = view.sort.startsWith("-");
  const column = columns.find(({ id }) => id === view.sort.replace(/^-/, ""));
  if (column === undefined) return found;
  const { text, order } = column;
  const sorted = found.toSorted((one, other) => (order === undefined ? texts.compare(text(one), text(other)) : compared(order(one), order(other))));
  return descending ? sorted.toReversed() : sorted;
}

function compared(one: Rank, other: Rank): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined);
  return Number(one > other) - Number(one < other);
}

function contains(text: string, wanted: string): boolean {
  return text.toLocaleLowerCase().includes(wanted);
}

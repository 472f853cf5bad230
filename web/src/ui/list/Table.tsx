import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { HeaderCell } from "./HeaderCell";
import { Row as RowOfTable } from "./Row";
import classes from "./Table.module.css";
import type { Column, ListDefinition } from "./definition";
import type { Rows } from "./rows";
import { queryOf, useView } from "./view";

/** Each row is this high, so that only those in sight need to be there. */
const ROW_PIXELS = 41;
const ROWS_BEYOND_SIGHT = 12;
/** A column of the usual width is never narrower: the table scrolls instead. */
const SHARE_REMS_MIN = 6.5;
/** The next page is asked for when so few rows are left below. */
const ROWS_LEFT = 30;

type TableProps<Row> = {
  definition: ListDefinition<Row>;
  columns: readonly Column<Row>[];
  read: Rows<Row>;
  chosen: ReadonlyMap<string, Row>;
  onChosen: (rows: ReadonlyMap<string, Row>) => void;
};

/** The rows that are in sight, of however many there are. */
export function Table<Row>({ definition, columns, read, chosen, onChosen }: TableProps<Row>) {
  const { t } = useTranslation();
  const { rows, hasMore, readMore, isReading } = read;
  const { view, show, searchWith } = useView();
  const place = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PIXELS,
    overscan: ROWS_BEYOND_SIGHT,
    // Drawn with the next frame, and not in between, where the page would be laid out twice.
    useFlushSync: false,
  });
  const shares = columns.reduce((sum, column) => sum + shareOf(column), 0);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && rows.length - last < ROWS_LEFT) readMore();
  });
  const above = items.at(0)?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const allChosen = rows.length > 0 && rows.every((row) => chosen.has(definition.idOf(row)));
  const toggle = (id: string) => {
    const next = new Map(chosen);
    const row = rows.find((one) => definition.idOf(one) === id);
    if (!next.delete(id) && row !== undefined) next.set(id, row);
    onChosen(next);
  };
  const others = queryOf(searchWith({ open: "" }));
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const id = event.target instanceof Element ? event.target.closest("[data-row]")?.getAttribute("data-row") : undefined;
    if (id == null || !(event.target instanceof Element)) return;
    if (event.target.closest("[type=checkbox]") !== null) return toggle(id);
    // Links with keys held open as links do, and whatever else can be clicked knows itself what it does.
    const link = event.target.closest("a");
    const hasKeys = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (link !== null && (hasKeys || !link.hasAttribute("data-open"))) return;
    if (event.target.closest("button, input, label") !== null) return;
    event.preventDefault();
    show({ open: id });
  };
  return (
    // What scrolls can be reached by the keyboard.
    <div ref={place} className={classes.place} tabIndex={0} role="region" aria-label={t("list.table")} aria-busy={isReading}>
      <table
        className={classes.table}
        style={{ minWidth: `${shares * SHARE_REMS_MIN}rem` }}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
      >
        <thead>
          <tr>
            <th className={classes.choice} scope="col">
              <input
                type="checkbox"
                aria-label={t("list.chooseAll", { count: rows.length })}
                checked={allChosen}
                onChange={() => onChosen(new Map(allChosen ? [] : rows.map((row) => [definition.idOf(row), row])))}
              />
            </th>
            {columns.map((column) => (
              <HeaderCell
                key={column.id}
                column={column}
                by={definition.where.by}
                width={`${(100 * shareOf(column)) / shares}%`}
              />
            ))}
          </tr>
        </thead>
        {/* Each row has a link for the keyboard; this hears it, and clicks beside it. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */}
        <tbody onClick={onClick}>
          <Gap pixels={above} columns={columns.length + 1} />
          {items.map(({ index }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const id = definition.idOf(row);
            return (
              <RowOfTable
                key={id}
                of={{ row, columns }}
                cell={(place) => columns[place]?.cell?.(row) ?? columns[place]?.text(row)}
                id={id}
                choice={t("list.choose", { name: definition.nameOf(row) })}
                index={index}
                href={`?${others}&open=${encodeURIComponent(id)}`}
                isChosen={chosen.has(id)}
                isOpen={view.open === id}
              />
            );
          })}
          <Gap pixels={below} columns={columns.length + 1} />
        </tbody>
      </table>
    </div>
  );
}

function shareOf<Row>({ width = 1 }: Column<Row>): number {
  return width;
}

/** The room of rows that are out of sight. */
function Gap({ pixels, columns }: { pixels: number; columns: number }) {
  if (pixels <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} className={classes.gap} style={{ height: pixels }} />
    </tr>
  );
}

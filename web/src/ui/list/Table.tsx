import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { HeaderCell } from "./HeaderCell";
import { Row as RowOfTable } from "./Row";
import classes from "./Table.module.css";
import type { Column, ListDefinition } from "./definition";
import type { Rows } from "./rows";

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
  chosen: ReadonlySet<string>;
  onChosen: (ids: ReadonlySet<string>) => void;
};

/** The rows that are in sight, of however many there are. */
export function Table<Row>({ definition, columns, read, chosen, onChosen }: TableProps<Row>) {
  const { t } = useTranslation();
  const { rows, hasMore, readMore, isReading } = read;
  const place = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PIXELS,
    overscan: ROWS_BEYOND_SIGHT,
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
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChosen(next);
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
                onChange={() => onChosen(new Set(allChosen ? [] : rows.map(definition.idOf)))}
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
        <tbody>
          <Gap pixels={above} columns={columns.length + 1} />
          {items.map(({ index }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const id = definition.idOf(row);
            return (
              <RowOfTable
                key={id}
                row={row}
                index={index}
                definition={definition}
                columns={columns}
                isChosen={chosen.has(id)}
                onToggle={() => toggle(id)}
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

import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Table.module.css";
import type { Column, ListDefinition } from "./definition";
import { useView } from "./view";

type RowProps<Row> = {
  row: Row;
  index: number;
  definition: ListDefinition<Row>;
  columns: readonly Column<Row>[];
  isChosen: boolean;
  onToggle: () => void;
};

/** A row: a click opens its panel beside the list; its first cell is a link, which opens a tab of its own as links do. */
export function Row<Row>({ row, index, definition, columns, isChosen, onToggle }: RowProps<Row>) {
  const { t } = useTranslation();
  const { view, show, searchWith } = useView();
  const id = definition.idOf(row);
  const isOpen = view.open === id;
  const open = (event: MouseEvent<HTMLTableRowElement>) => {
    const isOfSomethingElse = event.target instanceof Element && event.target.closest("a, button, input, label") !== null;
    if (!isOfSomethingElse) show({ open: id });
  };
  return (
    // Row 1 is the head.
    <tr
      className={`${classes.row} ${isOpen ? classes.open : ""}`}
      aria-rowindex={index + 2}
      onClick={open}
    >
      <td className={classes.choice}>
        <input
          type="checkbox"
          aria-label={t("list.choose", { name: definition.nameOf(row) })}
          checked={isChosen}
          onChange={onToggle}
        />
      </td>
      {columns.map((column, place) => (
        <td key={column.id}>
          {place === 0 ? (
            <Link to="." search={searchWith({ open: id })} className={classes.link}>
              {column.cell?.(row) ?? column.text(row)}
            </Link>
          ) : (
            (column.cell?.(row) ?? column.text(row))
          )}
        </td>
      ))}
    </tr>
  );
}

import { type ReactNode, memo } from "react";
import classes from "./Table.module.css";

type RowProps = {
  id: string;
  /** What its choice is called, for whoever can't see it. */
  choice: string;
  index: number;
  /** The address of the view with this row's panel open. */
  href: string;
  isChosen: boolean;
  isOpen: boolean;
  /** What the cells are drawn from; while it is the same, so are they. */
  of: { row: unknown; columns: readonly { id: string }[] };
  cell: (place: number) => ReactNode;
};

/**
 * A row, whose first cell is a link that opens a tab of its own as links do. It listens to nothing itself: the table hears
 * what is clicked in it, so that hundreds of rows go by without work.
 */
export const Row = memo(function Row({ id, choice, index, href, isChosen, isOpen, of, cell }: RowProps) {
  return (
    // Row 1 is the head.
    <tr className={`${classes.row} ${isOpen ? classes.open : ""}`} aria-rowindex={index + 2} data-row={id}>
      <td className={classes.choice}>
        <input type="checkbox" aria-label={choice} checked={isChosen} readOnly />
      </td>
      {of.columns.map((column, place) => (
        <td key={column.id}>
          {place === 0 ? (
            <a href={href} data-open className={classes.link}>
              {cell(place)}
            </a>
          ) : (
            cell(place)
          )}
        </td>
      ))}
    </tr>
  );
}, isSame);

function isSame(before: RowProps, after: RowProps): boolean {
  return (
    before.id === after.id &&
    before.choice === after.choice &&
    before.index === after.index &&
    before.href === after.href &&
    before.isChosen === after.isChosen &&
    before.isOpen === after.isOpen &&
    before.of.row === after.of.row &&
    before.of.columns === after.of.columns
  );
}

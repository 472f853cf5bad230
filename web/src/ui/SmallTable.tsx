import type { ReactNode } from "react";
import classes from "./SmallTable.module.css";

type SmallTableProps = {
  /** What it is about, for whoever can't see what it stands under. */
  label: string;
  head: readonly string[];
  rows: readonly { id: string; cells: readonly ReactNode[] }[];
};

/** A few rows that need no search, order or choice. */
export function SmallTable({ label, head, rows }: SmallTableProps) {
  return (
    // What scrolls can be reached by the keyboard.
    <div className={classes.table} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells }) => (
            <tr key={id}>
              {head.map((title, place) => (
                <td key={title}>{cells[place]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { useTranslation } from "react-i18next";
import classes from "./Table.module.css";
import type { Column } from "./definition";
import { useView } from "./view";

type HeaderCellProps<Row> = { column: Column<Row>; by: "api" | "page"; width: string };

/** The head of a column; where it can be sorted by, a click does, and another turns it round. */
export function HeaderCell<Row>({ column, by, width }: HeaderCellProps<Row>) {
  const { t } = useTranslation();
  const { view, show } = useView();
  const key = by === "page" ? column.id : column.sort;
  if (key === undefined) {
    return (
      <th scope="col" style={{ width }}>
        {column.title}
      </th>
    );
  }
  const isUp = view.sort === key;
  const isDown = view.sort === `-${key}`;
  return (
    <th scope="col" style={{ width }} aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}>
      <button
        type="button"
        className={classes.sort}
        title={t("list.sortBy", { name: column.title })}
        onClick={() => show({ sort: isUp ? `-${key}` : key })}
      >
        {column.title} <span aria-hidden="true">{isUp ? "▲" : isDown ? "▼" : ""}</span>
      </button>
    </th>
  );
}

import { Button } from "@mantine/core";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ProblemNotice";
import { BulkBar } from "./BulkBar";
import type { Remove } from "./BulkDelete";
import classes from "./List.module.css";
import { Table } from "./Table";
import { Toolbar } from "./Toolbar";
import type { Column, ListDefinition } from "./definition";
import { useRows } from "./rows";
import { useView } from "./view";

type ListProps<Row> = {
  definition: ListDefinition<Row>;
  /** What can be done with rows that are chosen, beside exporting and deleting them. */
  bulk?: (rows: readonly NoInfer<Row>[], onDone: () => void) => ReactNode;
  /** How chosen rows are deleted, by whoever may. */
  remove?: Remove<NoInfer<Row>> | false | undefined;
  /** What is said where nothing is there at all, with the one next step. */
  empty: ReactNode;
};

/** A list as all lists are: searched, filtered, sorted, chosen from and exported, with the whole view in the address. */
export function List<Row>({ definition, bulk, remove, empty }: ListProps<Row>) {
  const { t } = useTranslation();
  const { view, show } = useView();
  const read = useRows(definition, view);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map());
  const { columns: all } = definition;
  const wanted = view.columns.join(",");
  // While the columns are the same, so are rows that are drawn already.
  const columns = useMemo(() => shownColumns(all, wanted === "" ? [] : wanted.split(",")), [all, wanted]);
  const chosenRows = newest(chosen, read.rows, definition.idOf);
  const none = useCallback(() => setChosen(new Map()), []);
  const isFiltered = view.q !== "" || Object.keys(view.filters).length > 0;
  const isEmpty = read.rows.length === 0 && !read.isReading && read.error === null;
  return (
    <section className={classes.list}>
      <Toolbar definition={definition} columns={columns} rows={read} />
      <ProblemNotice error={read.error} />
      {chosenRows.length > 0 && (
        <BulkBar
          rows={chosenRows}
          hasMore={read.hasMore && read.rows.every((row) => chosen.has(definition.idOf(row)))}
          columns={columns}
          definition={definition}
          actions={bulk?.(chosenRows, none)}
          remove={remove === false ? undefined : remove}
          onChosen={(rows) => setChosen(new Map(rows.map((row) => [definition.idOf(row), row])))}
        />
      )}
      {isEmpty && !isFiltered && <div className={classes.empty}>{empty}</div>}
      {isEmpty && isFiltered && (
        <div className={classes.empty}>
          <p>{t("list.nothingFound")}</p>
          <Button variant="default" onClick={() => show({ q: "", filters: {} })}>
            {t("list.showAll")}
          </Button>
        </div>
      )}
      {!isEmpty && (
        <Table definition={definition} columns={columns} read={read} chosen={chosen} onChosen={setChosen} />
      )}
    </section>
  );
}

/** What was chosen, as it was read last. */
function newest<Row>(chosen: ReadonlyMap<string, Row>, rows: readonly Row[], idOf: (row: Row) => string): Row[] {
  if (chosen.size === 0) return [];
  const now = new Map(rows.map((row) => [idOf(row), row]));
  return [...chosen].map(([id, row]) => now.get(id) ?? row);
}

/** The chosen columns, in the order of the definition; the usual ones if nothing was chosen. */
function shownColumns<Row>(columns: readonly Column<Row>[], chosen: readonly string[]): Column<Row>[] {
  return columns.filter(({ id, isHidden }) => (chosen.length === 0 ? isHidden !== true : chosen.includes(id)));
}

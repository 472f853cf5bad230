import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ColumnChooser } from "./ColumnChooser";
import { ExportMenu } from "./ExportMenu";
import { Filters } from "./Filters";
import { SavedViews } from "./SavedViews";
import classes from "./Toolbar.module.css";
import type { Column, ListDefinition } from "./definition";
import type { Rows } from "./rows";
import { useView } from "./view";

/** How long somebody pauses in typing before the list follows. */
const PAUSE_MILLIS = 250;

type ToolbarProps<Row> = { definition: ListDefinition<Row>; columns: readonly Column<Row>[]; rows: Rows<Row> };

/** What stands above a list. */
export function Toolbar<Row>({ definition, columns, rows }: ToolbarProps<Row>) {
  const { t } = useTranslation();
  const { name, where, filters = [] } = definition;
  const canSearch = where.by === "page" || where.search !== undefined;
  return (
    <div className={classes.bar}>
      {canSearch && <Search />}
      <Filters filters={filters} />
      <span className={classes.space} />
      <span role="status" className={classes.count}>
        {rows.hasMore ? t("list.countAtLeast", { count: rows.rows.length }) : t("list.count", { count: rows.rows.length })}
      </span>
      <SavedViews list={name} />
      <ColumnChooser all={definition.columns} shown={columns} />
      <ExportMenu definition={definition} columns={columns} />
    </div>
  );
}

function Search() {
  const { t } = useTranslation();
  const { view, show } = useView();
  const input = useRef<HTMLInputElement>(null);
  const later = useDebouncedCallback((q: string) => show({ q }), PAUSE_MILLIS);
  useEffect(() => {
    // A view that was saved, or the way back, brings its own text. Whoever is typing is ahead of it.
    if (input.current && input.current !== document.activeElement) input.current.value = view.q;
  }, [view.q]);
  return (
    <TextInput
      ref={input}
      type="search"
      className={classes.search}
      aria-label={t("list.search")}
      placeholder={t("list.search")}
      defaultValue={view.q}
      onChange={(event) => later(event.currentTarget.value.trim())}
    />
  );
}

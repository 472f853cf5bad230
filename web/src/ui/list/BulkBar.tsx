import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ProblemNotice";
import classes from "./BulkBar.module.css";
import { BulkDelete, type Remove } from "./BulkDelete";
import type { Column, ListDefinition } from "./definition";
import { csvOf, keep } from "./export";
import { readAll } from "./rows";
import { useView } from "./view";

type BulkBarProps<Row> = {
  rows: readonly Row[];
  /** All rows that were read are chosen, and there are more. */
  hasMore: boolean;
  columns: readonly Column<Row>[];
  definition: ListDefinition<Row>;
  actions: ReactNode;
  remove: Remove<Row> | undefined;
  onChosen: (rows: readonly Row[]) => void;
};

/** What can be done with the rows that are chosen. */
export function BulkBar<Row>({ rows, hasMore, columns, definition, actions, remove, onChosen }: BulkBarProps<Row>) {
  const { t } = useTranslation();
  const { view } = useView();
  const { name, nameOf } = definition;
  const reading = useMutation({ mutationFn: () => readAll(definition, view), onSuccess: onChosen });
  return (
    <div className={classes.bar} role="toolbar" aria-label={t("list.bulk")}>
      <strong role="status">{t("list.chosen", { count: rows.length })}</strong>
      {hasMore && (
        <Button size="xs" variant="subtle" loading={reading.isPending} onClick={() => reading.mutate()}>
          {t("list.chooseMatching")}
        </Button>
      )}
      {actions}
      {remove && <BulkDelete rows={rows} nameOf={nameOf} remove={remove} onDone={() => onChosen([])} />}
      <Button size="xs" variant="default" onClick={() => keep(`${name}.csv`, csvOf(rows, columns), "text/csv")}>
        {t("list.exportChosen")}
      </Button>
      <Button size="xs" variant="subtle" onClick={() => onChosen([])}>
        {t("list.chooseNone")}
      </Button>
      <ProblemNotice error={reading.error} />
    </div>
  );
}

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./BulkBar.module.css";
import type { Column } from "./definition";
import { csvOf, keep } from "./export";

type BulkBarProps<Row> = {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  name: string;
  actions: ReactNode;
  onNone: () => void;
};

/** What can be done with the rows that are chosen. */
export function BulkBar<Row>({ rows, columns, name, actions, onNone }: BulkBarProps<Row>) {
  const { t } = useTranslation();
  return (
    <div className={classes.bar} role="toolbar" aria-label={t("list.bulk")}>
      <strong>{t("list.chosen", { count: rows.length })}</strong>
      {actions}
      <Button size="xs" variant="default" onClick={() => keep(`${name}.csv`, csvOf(rows, columns), "text/csv")}>
        {t("list.exportChosen")}
      </Button>
      <Button size="xs" variant="subtle" onClick={onNone}>
        {t("list.chooseNone")}
      </Button>
    </div>
  );
}

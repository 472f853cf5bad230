import { ActionIcon, Menu } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Icon } from "../Icon";
import type { Column, ListDefinition } from "./definition";
import { csvOf, jsonOf, keep } from "./export";
import { readAll } from "./rows";
import { useView } from "./view";

type ExportMenuProps<Row> = { definition: ListDefinition<Row>; columns: readonly Column<Row>[] };

/** Exports exactly what the list shows: its filters, its order and its columns, to the last row. */
export function ExportMenu<Row>({ definition, columns }: ExportMenuProps<Row>) {
  const { t } = useTranslation();
  const { view } = useView();
  const write = useMutation({
    mutationFn: async (format: "csv" | "json") => {
      const rows = await readAll(definition, view);
      if (format === "csv") keep(`${definition.name}.csv`, csvOf(rows, columns), "text/csv");
      else keep(`${definition.name}.json`, jsonOf(rows, columns), "application/json");
    },
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t("list.export")} loading={write.isPending}>
          <Icon name="download" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => write.mutate("csv")}>{t("list.exportCsv")}</Menu.Item>
        <Menu.Item onClick={() => write.mutate("json")}>{t("list.exportJson")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

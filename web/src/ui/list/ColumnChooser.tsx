import { ActionIcon, Checkbox, Popover, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../Icon";
import type { Column } from "./definition";
import { useView } from "./view";

type ColumnChooserProps<Row> = { all: readonly Column<Row>[]; shown: readonly Column<Row>[] };

/** Which columns are shown; at least one is. */
export function ColumnChooser<Row>({ all, shown }: ColumnChooserProps<Row>) {
  const { t } = useTranslation();
  const { show } = useView();
  const ids = shown.map(({ id }) => id);
  const toggle = (id: string) =>
    show({ columns: ids.includes(id) ? ids.filter((shownId) => shownId !== id) : [...ids, id] });
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <ActionIcon variant="default" size="lg" aria-label={t("list.columns")}>
          <Icon name="columns" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {all.map(({ id, title }) => (
            <Checkbox
              key={id}
              label={title}
              checked={ids.includes(id)}
              disabled={ids.length === 1 && ids.includes(id)}
              onChange={() => toggle(id)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

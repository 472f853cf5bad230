import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { App } from "../../api/__generated__/schema";
import { type Named, namedQuery } from "../../choices/named";
import { useTenant } from "../../session/tenant";
import { valueOf } from "./app";

type AppSelectProps = { value: string; onChange: (value: string) => void };

/** Chooses the attendant or the queue that answers. */
export function AppSelect({ value, onChange }: AppSelectProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const attendants = useQuery(namedQuery(tenant, "auto_attendant")).data ?? [];
  const queues = useQuery(namedQuery(tenant, "call_queue")).data ?? [];
  const items = (type: App["type"], named: Named[]) =>
    named.map(({ id, name }) => ({ value: valueOf({ type, id }), label: name }));
  return (
    <Select
      label={t("accounts.app")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("clear") }}
      nothingFoundMessage={t("choice.nothing")}
      value={value === "" ? null : value}
      onChange={(chosen) => onChange(chosen ?? "")}
      data={[
        { group: t("section.attendants"), items: items("auto_attendant", attendants) },
        { group: t("section.queues"), items: items("call_queue", queues) },
      ]}
    />
  );
}

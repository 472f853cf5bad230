import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTenant } from "../session/tenant";
import { type Kind, namedQuery } from "./named";

type NamedMultiSelectProps = {
  kind: Kind;
  label: string;
  description?: string;
  value: string[];
  onChange: (ids: string[]) => void;
  error?: string | undefined;
};

/** Chooses objects of a kind by their names, in the order in which they are chosen. */
export function NamedMultiSelect({ kind, ...field }: NamedMultiSelectProps) {
  const { t } = useTranslation();
  const { data = [] } = useQuery(namedQuery(useTenant(), kind));
  return <MultiSelect {...field} searchable nothingFoundMessage={t("choice.nothing")} data={data.map(({ id, name }) => ({ value: id, label: name }))} />;
}

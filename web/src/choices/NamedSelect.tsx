import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTenant } from "../session/tenant";
import { type Kind, namedQuery } from "./named";

type NamedSelectProps = {
  kind: Kind;
  label: string;
  description?: string;
  value: string;
  onChange: (id: string) => void;
  required?: boolean;
  error?: string | undefined;
};

/** Chooses one object of a kind by its name. */
export function NamedSelect({ kind, label, description, value, onChange, required, error }: NamedSelectProps) {
  const { t } = useTranslation();
  const { data = [] } = useQuery(namedQuery(useTenant(), kind));
  return (
    <Select
      label={label}
      description={description}
      required={required}
      error={error}
      searchable
      clearable={required !== true}
      clearButtonProps={{ "aria-label": t("clear") }}
      nothingFoundMessage={t("choice.nothing")}
      value={value === "" ? null : value}
      onChange={(id) => onChange(id ?? "")}
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

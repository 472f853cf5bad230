import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keyOf } from "../api/queries";
import { useTenant } from "../session/tenant";

/** What an organization has seats of, and how many are left. */
export function licensesQuery(tenant: string) {
  return {
    queryKey: keyOf(tenant, "licenses"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/licenses", { params: { path: { tenant } } })),
    meta: { nouns: ["license", "subscription"] },
  };
}

type PlanSelectProps = { label: string; value: string[]; onChange: (plans: string[]) => void };

/** Chooses licenses, with the seats that are left of each. */
export function PlanSelect({ label, value, onChange }: PlanSelectProps) {
  const { t } = useTranslation();
  const { data } = useQuery(licensesQuery(useTenant()));
  const plans = data?.items ?? [];
  return (
    <MultiSelect
      label={label}
      value={value}
      onChange={onChange}
      searchable
      nothingFoundMessage={t("choice.nothing")}
      data={plans.map(({ id, name, available }) => ({ value: id, label: t("choice.seats", { name, available }) }))}
    />
  );
}

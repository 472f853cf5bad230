import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keyOf } from "../api/queries";
import { useTenant } from "../session/tenant";

const SHOWN_MAX = 100;

/** Chooses one of the service numbers that nobody answers yet. */
export function ServiceNumberSelect({ value, onChange }: { value: string; onChange: (number: string) => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data = [] } = useQuery({
    queryKey: keyOf(tenant, "service-numbers-free"),
    queryFn: async () => {
      const query = { assigned: false, limit: SHOWN_MAX };
      const of = (kind: "service_toll" | "service_toll_free") =>
        answer(api.GET("/api/v1/tenants/{tenant}/numbers", { params: { path: { tenant }, query: { ...query, kind } } }));
      const [toll, free] = await Promise.all([of("service_toll"), of("service_toll_free")]);
      return [...toll.items, ...free.items].map(({ number }) => number);
    },
    meta: { nouns: ["number"] },
  });
  return (
    <Select
      label={t("serviceNumber.label")}
      description={t("serviceNumber.hint")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("clear") }}
      nothingFoundMessage={t("serviceNumber.none")}
      value={value === "" ? null : value}
      onChange={(number) => onChange(number ?? "")}
      data={data}
    />
  );
}

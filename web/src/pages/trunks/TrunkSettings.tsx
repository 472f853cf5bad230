import { Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { SettingField } from "../policies/SettingField";
import { wordsOf } from "../policies/settings";

type TrunkSettingsProps = {
  value: Record<string, unknown>;
  onChange: (settings: Record<string, unknown>) => void;
  ofField: (field: string) => string | undefined;
};

/** What else there is to set of a trunk, as the API describes it. */
export function TrunkSettings({ value, onChange, ofField }: TrunkSettingsProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [wanted, setWanted] = useState("");
  const { data } = useQuery({
    queryKey: keyOf(tenant, "trunk-settings"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/trunks/settings", { params: { path: { tenant } } })),
  });
  const settings = data?.items ?? [];
  const shown = settings.filter(({ name, about }) => `${wordsOf(name)} ${about}`.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <details>
      <summary>{t("trunks.more", { count: settings.length })}</summary>
      <Stack gap="sm" mt="sm">
        <TextInput type="search" label={t("policies.find", { count: settings.length })} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
        {shown.map((setting) => (
          <SettingField
            key={setting.name}
            setting={setting}
            value={value[setting.name] ?? setting.first}
            onChange={(next) => onChange({ ...value, [setting.name]: next })}
            error={ofField(`settings.${setting.name}`)}
          />
        ))}
      </Stack>
    </details>
  );
}

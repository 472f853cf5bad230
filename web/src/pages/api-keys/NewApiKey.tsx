import { Alert, Button, Code, MultiSelect, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

/** Makes a key with roles for the whole organization, and shows it once. */
export function NewApiKey({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ name: "", roles: new Array<string>() });
  const [token, setToken] = useState("");
  const { data } = useQuery({
    queryKey: keyOf(tenant, "roles"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/roles", { params: { path: { tenant } } })),
    meta: { nouns: ["role"] },
  });
  const save = async () => {
    const body = { name: draft.name, roles: draft.roles.map((role) => ({ role })) };
    const made = await answer(api.POST("/api/v1/tenants/{tenant}/api-keys", { params: { path: { tenant } }, body }));
    setToken(made.token);
    outdate(tenant, new Set(["api_key"]));
  };
  if (token !== "") {
    return (
      <Alert color="green" variant="outline" title={t("keys.isMade")}>
        <Text size="sm">{t("keys.once")}</Text>
        <Code block>{token}</Code>
        <Button mt="sm" onClick={onDone}>
          {t("close")}
        </Button>
      </Alert>
    );
  }
  return (
    <EditForm save={save} submit={t("keys.add")} fields={["name"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("keys.name")}
            description={t("keys.nameHint")}
            required
            value={draft.name}
            error={ofField("name")}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          <MultiSelect
            label={t("keys.roles")}
            required
            searchable
            nothingFoundMessage={t("choice.nothing")}
            value={draft.roles}
            onChange={(roles) => edit({ roles })}
            data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          />
        </>
      )}
    </EditForm>
  );
}

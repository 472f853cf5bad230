import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { PAGE_MAX } from "../../api/everything";
import { keyOf } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { PersonSelect } from "../../choices/PersonSelect";
import { useTenant } from "../../session/tenant";
import { SCOPES, type Scope } from "./scope";

type ScopeFieldsProps = { scope: Scope; onChange: (scope: Scope) => void; error: string | undefined };

/** Chooses whose spending a budget is about. */
export function ScopeFields({ scope, onChange, error }: ScopeFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        label={t("budgets.about")}
        value={scope.kind}
        onChange={(event) => onChange({ kind: SCOPES.find((one) => one === event.currentTarget.value) ?? scope.kind, which: "" })}
        data={SCOPES.map((value) => ({ value, label: t(`budgets.scopes.${value}`) }))}
      />
      <Which scope={scope} onChange={onChange} error={error} />
    </>
  );
}

function Which({ scope, onChange, error }: ScopeFieldsProps) {
  const { t } = useTranslation();
  const set = (which: string) => onChange({ ...scope, which });
  switch (scope.kind) {
    case "everybody":
      return null;
    case "department":
      return <Department value={scope.which} onChange={set} error={error} />;
    case "person":
      return <PersonSelect label={t("budgets.scopes.person")} required value={scope.which} onChange={(person) => set(person?.id ?? "")} />;
    case "site":
      return <NamedSelect kind="site" label={t("budgets.scopes.site")} required value={scope.which} onChange={set} error={error} />;
    case "account":
      return <NamedSelect kind="resource_account" label={t("budgets.scopes.account")} required value={scope.which} onChange={set} error={error} />;
    case "tag":
      return (
        <TextInput
          label={t("budgets.scopes.tag")}
          description={t("budgets.tagHint")}
          required
          error={error}
          value={scope.which}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
  }
}

/** A department by its name; one may be named before anybody is in it. */
function Department({ value, onChange, error }: { value: string; onChange: (name: string) => void; error: string | undefined }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data } = useQuery({
    queryKey: keyOf(tenant, "choice", "departments"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/departments", { params: { path: { tenant }, query: { limit: PAGE_MAX } } })),
    meta: { nouns: ["user"] },
  });
  return <Autocomplete label={t("budgets.scopes.department")} required error={error} value={value} onChange={onChange} data={data?.items.map(({ name }) => name) ?? []} />;
}

import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { AppSelect } from "./AppSelect";
import { appOf } from "./app";

/** Makes a resource account. */
export function NewResourceAccount({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ display_name: "", app: "" });
  const save = async () => {
    const body = { display_name: draft.display_name, app: appOf(draft.app) };
    await answer(api.POST("/api/v1/tenants/{tenant}/resource-accounts", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(["resource_account"]));
  };
  return (
    <EditForm save={save} onSaved={onDone} submit={t("accounts.add")} fields={["display_name"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("accounts.name")}
            required
            value={draft.display_name}
            error={ofField("display_name")}
            onChange={(event) => edit({ display_name: event.currentTarget.value })}
          />
          <AppSelect value={draft.app} onChange={(app) => edit({ app })} />
        </>
      )}
    </EditForm>
  );
}

import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

/** Makes a group, whose members come later. */
export function NewGroup({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ name: "", description: "" });
  const save = async () => {
    const body = { name: draft.name, description: draft.description === "" ? undefined : draft.description };
    await answer(api.POST("/api/v1/tenants/{tenant}/groups", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(["group"]));
  };
  return (
    <EditForm save={save} onSaved={onDone} submit={t("groups.add")} fields={["name"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("groups.name")}
            required
            value={draft.name}
            error={ofField("name")}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t("groups.description")}
            value={draft.description}
            onChange={(event) => edit({ description: event.currentTarget.value })}
          />
        </>
      )}
    </EditForm>
  );
}

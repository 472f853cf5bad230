import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { CredentialFields } from "./CredentialFields";
import { TrunkSettings } from "./TrunkSettings";
import { draftOf, newOf } from "./draft";
import { FIELDS, TrunkFields } from "./fields";

/** Makes a trunk, with what the other side challenges us for if it does. */
export function NewTrunk({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft(() => draftOf(undefined));
  const save = async () => {
    await answer(api.POST("/api/v1/tenants/{tenant}/trunks", { params: { path: { tenant } }, body: newOf(draft) }));
    outdate(tenant, new Set(["trunk"]));
  };
  return (
    <EditForm save={save} onSaved={onDone} submit={t("trunks.add")} fields={FIELDS}>
      {(ofField) => (
        <>
          <TrunkFields draft={draft} edit={edit} ofField={ofField} />
          <CredentialFields draft={draft} edit={edit} ofField={ofField} isNew />
          <TrunkSettings value={draft.settings} onChange={(settings) => edit({ settings })} ofField={ofField} />
        </>
      )}
    </EditForm>
  );
}

import { PasswordInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { FIELDS, type TrunkDraft, TrunkFields } from "./fields";

type NewTrunkDraft = TrunkDraft & { user: string; password: string };

const EMPTY: NewTrunkDraft = {
  name: "",
  host: "",
  port: "",
  transport: "udp",
  srtp: "off",
  sources: [],
  calls_max: "",
  user: "",
  password: "",
};

/** Makes a trunk, with what the other side challenges us for if it does. */
export function NewTrunk({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft(EMPTY);
  const save = async () => {
    const { user, password, port, calls_max, ...same } = draft;
    const body = {
      ...same,
      port: port === "" ? undefined : port,
      calls_max: calls_max === "" ? undefined : calls_max,
      credentials: user === "" ? undefined : { user, password },
    };
    await answer(api.POST("/api/v1/tenants/{tenant}/trunks", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(["trunk"]));
  };
  return (
    <EditForm save={save} onSaved={onDone} submit={t("trunks.add")} fields={FIELDS}>
      {(ofField) => (
        <>
          <TrunkFields draft={draft} edit={edit} ofField={ofField} />
          <TextInput
            label={t("trunks.user")}
            description={t("trunks.userHint")}
            autoComplete="off"
            value={draft.user}
            onChange={(event) => edit({ user: event.currentTarget.value })}
          />
          {draft.user !== "" && (
            <PasswordInput
              label={t("trunks.password")}
              autoComplete="off"
              required
              value={draft.password}
              onChange={(event) => edit({ password: event.currentTarget.value })}
              visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
            />
          )}
        </>
      )}
    </EditForm>
  );
}

import { NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CREDENTIALS } from "./draft";
import type { TrunkFieldsProps } from "./fields";

/** What the other side challenges us for. Nobody is shown what is there. */
export function CredentialFields({ draft, edit, ofField, isNew = false }: TrunkFieldsProps & { isNew?: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {!isNew && (
        <NativeSelect
          label={t("trunks.credentials")}
          value={draft.credentials}
          onChange={({ currentTarget: { value } }) => edit({ credentials: CREDENTIALS.find((one) => one === value) ?? draft.credentials })}
          data={CREDENTIALS.map((value) => ({ value, label: t(`trunks.credentialsBy.${value}`) }))}
        />
      )}
      {draft.credentials === "replace" && (
        <TextInput
          label={t("trunks.user")}
          description={t("trunks.userHint")}
          autoComplete="off"
          required={!isNew}
          error={ofField("credentials.user")}
          value={draft.user}
          onChange={(event) => edit({ user: event.currentTarget.value })}
        />
      )}
      {draft.credentials === "replace" && draft.user !== "" && (
        <>
          <PasswordInput
            label={t("trunks.password")}
            autoComplete="off"
            required
            value={draft.password}
            onChange={(event) => edit({ password: event.currentTarget.value })}
            visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          />
          <TextInput label={t("trunks.realm")} description={t("trunks.realmHint")} value={draft.realm} onChange={(event) => edit({ realm: event.currentTarget.value })} />
        </>
      )}
    </>
  );
}

import { Checkbox, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

/** Takes a number back that was given up by mistake, for who had it last or for nobody. */
export function RestoreNumber({ onDone }: { onDone: (number: string) => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ number: "", unassigned: false });
  const save = async () => {
    const params = { path: { tenant, number: draft.number.replaceAll(/[\s()-]/g, "") } };
    const { number } = await answer(api.POST("/api/v1/tenants/{tenant}/numbers/{number}/restore", { params, body: { unassigned: draft.unassigned } }));
    outdate(tenant, new Set(["number", "user", "resource_account"]));
    onDone(number);
  };
  return (
    <EditForm save={save} submit={t("numbers.restore")} fields={["number"]}>
      {(ofField) => (
        <>
          <Text size="sm">{t("numbers.restoreHint")}</Text>
          <TextInput label={t("numbers.number")} placeholder="+14255550100" required error={ofField("number")} value={draft.number} onChange={(event) => edit({ number: event.currentTarget.value })} />
          <Checkbox label={t("numbers.restoreFree")} description={t("numbers.restoreFreeHint")} checked={draft.unassigned} onChange={(event) => edit({ unassigned: event.currentTarget.checked })} />
        </>
      )}
    </EditForm>
  );
}

import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { WeekFields } from "./WeekFields";
import { USUAL_WEEK, ruleOf } from "./week";

/** Makes hours of the week. */
export function NewSchedule({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ name: "", week: USUAL_WEEK });
  const save = async () => {
    const body = { name: draft.name, rule: ruleOf(draft.week) };
    await answer(api.POST("/api/v1/tenants/{tenant}/schedules", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(["schedule"]));
  };
  return (
    <EditForm save={save} onSaved={onDone} submit={t("schedules.add")} fields={["name"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("schedules.name")}
            required
            value={draft.name}
            error={ofField("name")}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          <WeekFields week={draft.week} onChange={(week) => edit({ week })} />
        </>
      )}
    </EditForm>
  );
}

import { Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schedule } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { WeekFields } from "./WeekFields";
import { USUAL_WEEK, ruleOf, weekOf } from "./week";

/** A schedule: its name, and its hours if it is one of the week. */
export function SchedulePanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, schedule: id } };
  return (
    <SidePanel title={t("schedules.one")} onClose={onClose}>
      <Loaded
        queryKey={keyOf(tenant, "schedule", id)}
        load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/schedules/{schedule}", { params }))}
      >
        {(read, reload) => (
          <Stack gap="lg">
            <Form read={read} reload={reload} />
            {may("schedules.write") && (
              <DeleteButton
                label={t("schedules.delete")}
                effect={t("schedules.deleteEffect")}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/schedules/{schedule}", { params }))}
                onDone={() => {
                  outdate(tenant, new Set(["schedule"]));
                  onClose();
                }}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </SidePanel>
  );
}

function Form({ read: { value: schedule, tag }, reload }: { read: Tagged<Schedule>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { rule } = schedule;
  const weekly = rule.type === "weekly" ? rule : undefined;
  const { draft, edit } = useDraft({ name: schedule.name, week: weekly ? weekOf(weekly) : USUAL_WEEK });
  const save = (known: string | undefined) =>
    answer(
      api.PUT("/api/v1/tenants/{tenant}/schedules/{schedule}", {
        params: { path: { tenant, schedule: schedule.id ?? "" }, header: ifMatch(known) },
        body: { name: draft.name, rule: weekly ? ruleOf(draft.week, weekly) : rule },
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["schedule"]));
    reload();
  };
  return (
    <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={["name"]}>
      {(ofField) => (
        <fieldset disabled={!may("schedules.write")} className="plain">
          <TextInput
            label={t("schedules.name")}
            required
            value={draft.name}
            error={ofField("name")}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          {weekly ? (
            <WeekFields week={draft.week} onChange={(week) => edit({ week })} />
          ) : (
            <Text size="sm">{t("schedules.otherRule")}</Text>
          )}
        </fieldset>
      )}
    </EditForm>
  );
}

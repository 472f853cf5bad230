import { Checkbox, NumberInput, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallQueue, QueueAlerts } from "../../api/__generated__/schema";

type QueueAlertFieldsProps = { queue: CallQueue; set: (change: Partial<CallQueue>) => void };

/** Thresholds, in the order in which they are shown; the most that each can be. */
const THRESHOLDS = [
  ["waiting", 10_000],
  ["longest_wait_seconds", 86_400],
  ["no_agent_seconds", 86_400],
  ["service_level_percent", 100],
] as const satisfies readonly (readonly [keyof QueueAlerts, number])[];
const MAILS_MAX = 20;
const CALM_SECONDS = 60;
const USUAL: QueueAlerts = { waiting: 10, longest_wait_seconds: 120, calm_seconds: CALM_SECONDS, mails: [] };

/** What somebody is told of when it is reached: by mail, and whoever follows events or has a webhook. */
export function QueueAlertFields({ queue: { alerts }, set }: QueueAlertFieldsProps) {
  const { t } = useTranslation();
  const edit = (change: QueueAlerts) => set({ alerts: { ...alerts, ...change } });
  return (
    <>
      <Checkbox
        label={t("flowEditor.tellsAlerts")}
        description={t("flowEditor.tellsAlertsHint")}
        checked={alerts != null}
        onChange={(event) => set({ alerts: event.currentTarget.checked ? USUAL : null })}
      />
      {alerts != null && (
        <fieldset className="plain">
          <legend>{t("flowEditor.alerts")}</legend>
          {THRESHOLDS.map(([field, max]) => (
            <NumberInput
              key={field}
              label={t(`flowEditor.alert.${field}`)}
              description={t("flowEditor.callbackEmpty")}
              min={1}
              max={max}
              allowDecimal={false}
              value={alerts[field] ?? ""}
              onChange={(value) => edit({ [field]: value === "" ? null : Number(value) })}
            />
          ))}
          <NumberInput
            label={t("flowEditor.alert.calm_seconds")}
            description={t("flowEditor.calmHint")}
            min={0}
            allowDecimal={false}
            value={alerts.calm_seconds ?? CALM_SECONDS}
            onChange={(value) => edit({ calm_seconds: Number(value) })}
          />
          <TagsInput label={t("flowEditor.alert.mails")} maxTags={MAILS_MAX} value={alerts.mails ?? []} onChange={(mails) => edit({ mails })} />
        </fieldset>
      )}
    </>
  );
}

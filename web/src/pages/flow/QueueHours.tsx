import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallQueue, Closure, HoursState, QueueHours as Hours } from "../../api/__generated__/schema";
import { NamedSelect } from "../../choices/NamedSelect";
import { momentOf, ownZone, typedMoment } from "../../format/time";
import { AddHours, type HoursType } from "./AddHours";
import classes from "./Editors.module.css";
import { withoutEmpty } from "./hours";

type QueueHoursProps = { queue: CallQueue; set: (change: Partial<CallQueue>) => void; onExit: (field: string) => void };

const STATES = ["open", "closed"] as const satisfies readonly HoursState[];

/** When a queue takes no callers: after hours, on holidays, or because somebody closed it. What becomes of them is an exit each. */
export function QueueHours({ queue: { hours }, set, onExit }: QueueHoursProps) {
  const { t } = useTranslation();
  const closures = hours?.closures ?? [];
  const edit = (change: Hours) => set({ hours: withoutEmpty({ ...hours, ...change }) });
  const override = hours?.hours_override;
  const add = (type: HoursType, schedule: string) =>
    edit({ closures: [...closures, { type, schedule, enabled: true, exception: { action: { type: "disconnect" } } }] });
  return (
    <fieldset className="plain">
      <legend>{t("flowEditor.hours")}</legend>
      <Stack gap="sm">
        {closures.length === 0 && <Text size="sm">{t("flowEditor.alwaysOpen")}</Text>}
        {closures.map((closure, place) => {
          const change = (next: Partial<Closure>) => edit({ closures: closures.map((other, at) => (at === place ? { ...closure, ...next } : other)) });
          return (
            // Their place is what tells one from another.
            // oxlint-disable-next-line react/no-array-index-key
            <fieldset key={place} className={classes.part}>
              <legend>{t(`flowEditor.association.${closure.type}`)}</legend>
              <Stack gap="xs">
                <NamedSelect kind="schedule" label={t("flowEditor.within")} required value={closure.schedule} onChange={(id) => id !== "" && change({ schedule: id })} />
                <Group justify="space-between">
                  {/* A holiday is either there or not. */}
                  {closure.type === "after_hours" ? (
                    <Checkbox label={t("flowEditor.isOn")} checked={closure.enabled ?? true} onChange={(event) => change({ enabled: event.currentTarget.checked })} />
                  ) : (
                    <span />
                  )}
                  <Group gap="xs">
                    <Button size="xs" variant="default" onClick={() => onExit(`hours.closures[${place}].exception.action`)}>
                      {t("flowEditor.thenWhere")}
                    </Button>
                    <Button size="xs" variant="default" onClick={() => edit({ closures: closures.filter((_, at) => at !== place) })}>
                      {t("flowEditor.remove")}
                    </Button>
                  </Group>
                </Group>
              </Stack>
            </fieldset>
          );
        })}
        <AddHours onAdd={add} />
        <NativeSelect
          label={t("flowEditor.override")}
          description={t("flowEditor.overrideHint")}
          value={override?.state ?? ""}
          onChange={({ currentTarget: { value } }) => {
            const state = STATES.find((one) => one === value);
            edit({ hours_override: state === undefined ? null : { ...override, state } });
          }}
          data={[{ value: "", label: t("flowEditor.bySchedules") }, ...STATES.map((value) => ({ value, label: t(`flowEditor.overrides.${value}`) }))]}
        />
        {override != null && (
          <TextInput
            type="datetime-local"
            label={t("flowEditor.overrideUntil", { zone: ownZone() })}
            description={t("flowEditor.overrideUntilHint")}
            value={typedMoment(override.until)}
            onChange={(event) => edit({ hours_override: { ...override, until: momentOf(event.currentTarget.value) } })}
          />
        )}
        <TextInput
          label={t("flow.timeZone")}
          description={t("flowEditor.zoneHint")}
          value={hours?.time_zone ?? ""}
          onChange={({ currentTarget: { value } }) => edit({ time_zone: value.trim() === "" ? null : value })}
        />
      </Stack>
    </fieldset>
  );
}

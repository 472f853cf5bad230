import { Button, NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { NamedSelect } from "../../choices/NamedSelect";
import classes from "./Editors.module.css";

const TYPES = ["after_hours", "holiday"] as const;

/** What kind of hours they are. */
export type HoursType = (typeof TYPES)[number];

interface AddHoursProps {
  onAdd: (type: HoursType, schedule: string) => void;
}

/** A schedule that an attendant or a queue is to follow, and as what. */
export function AddHours({ onAdd }: AddHoursProps) {
  const { t } = useTranslation();
  const [type, setType] = useState<HoursType>("after_hours");
  const [schedule, setSchedule] = useState("");
  const add = () => {
    onAdd(type, schedule);
    setSchedule("");
  };
  return (
    <fieldset className={classes.part}>
      <legend>{t("flowEditor.addHours")}</legend>
      <Stack gap="xs">
        <NativeSelect
          label={t("flowEditor.hoursType")}
          value={type}
          onChange={({ currentTarget: { value } }) => setType(TYPES.find((one) => one === value) ?? type)}
          data={TYPES.map((one) => ({ value: one, label: t(`flowEditor.association.${one}`) }))}
        />
        <NamedSelect kind="schedule" label={t("flowEditor.within")} value={schedule} onChange={setSchedule} />
        <Button size="xs" variant="default" w="fit-content" disabled={schedule === ""} onClick={add}>
          {t("flowEditor.add")}
        </Button>
      </Stack>
    </fieldset>
  );
}

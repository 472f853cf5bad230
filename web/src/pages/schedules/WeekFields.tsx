import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DAYS, type WeekDraft, isHours } from "./week";

type WeekFieldsProps = { week: WeekDraft; onChange: (week: WeekDraft) => void };

/** The hours of each day. */
export function WeekFields({ week, onChange }: WeekFieldsProps) {
  const { t } = useTranslation();
  return DAYS.map((day) => (
    <TextInput
      key={day}
      label={t(`day.${day}`)}
      placeholder={t("schedules.noHours")}
      value={week[day]}
      error={isHours(week[day]) ? undefined : t("schedules.hoursHint")}
      onChange={(event) => onChange({ ...week, [day]: event.currentTarget.value })}
    />
  ));
}

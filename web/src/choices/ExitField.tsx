import { Radio, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { TargetField } from "./TargetField";
import type { ExitDraft } from "./exit";

type ExitFieldProps = { label: string; value: ExitDraft; onChange: (exit: ExitDraft) => void };

/** Chooses whether a call ends or goes on, and where. */
export function ExitField({ label, value, onChange }: ExitFieldProps) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={label}
      value={value.forwards ? "forward" : "disconnect"}
      onChange={(chosen) => onChange({ ...value, forwards: chosen === "forward" })}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="disconnect" label={t("exit.disconnect")} />
        <Radio value="forward" label={t("exit.forward")} />
        {value.forwards && (
          <TargetField label={t("exit.where")} value={value.target} onChange={(target) => onChange({ ...value, target })} />
        )}
      </Stack>
    </Radio.Group>
  );
}

import { Text, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PromptDraft } from "./prompt";

type PromptFieldProps = {
  label: string;
  description?: string;
  value: PromptDraft;
  onChange: (prompt: PromptDraft) => void;
  required?: boolean;
  error?: string | undefined;
};

const CHARS_MAX = 1_000;

/** A text that callers hear. */
export function PromptField({ label, description, value, onChange, required, error }: PromptFieldProps) {
  const { t } = useTranslation();
  return (
    <div>
      <Textarea
        label={label}
        description={description}
        required={required === true && value.file === undefined}
        error={error}
        rows={3}
        maxLength={CHARS_MAX}
        value={value.text}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
      />
      {value.file && value.text.trim() === "" && (
        <Text size="sm">{t("prompt.file", { name: value.file.file_name ?? value.file.id })}</Text>
      )}
    </div>
  );
}

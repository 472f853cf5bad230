import { Checkbox, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PromptField } from "../../choices/PromptField";
import { TargetField } from "../../choices/TargetField";
import type { Draft } from "../../ui/form/draft";
import type { AttendantDraft } from "./draft";

export type PartProps = Pick<Draft<AttendantDraft>, "draft" | "edit">;

/** What an attendant is called, and how it reads clocks. */
export function General({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("attendants.name")}
        required
        value={draft.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("flow.language")}
        description={t("flow.languageHint")}
        required
        value={draft.language}
        onChange={(event) => edit({ language: event.currentTarget.value })}
      />
      <TextInput
        label={t("flow.timeZone")}
        description={t("flow.timeZoneHint")}
        required
        value={draft.time_zone}
        onChange={(event) => edit({ time_zone: event.currentTarget.value })}
      />
    </>
  );
}

/** What callers hear first. */
export function Greeting({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <PromptField
      label={t("attendants.greeting")}
      description={t("attendants.greetingHint")}
      value={draft.greeting}
      onChange={(greeting) => edit({ greeting })}
    />
  );
}

/** Who helps callers who don't find their way. */
export function Operator({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t("attendants.hasOperator")}
        checked={draft.hasOperator}
        onChange={(event) => edit({ hasOperator: event.currentTarget.checked })}
      />
      {draft.hasOperator && (
        <TargetField
          label={t("attendants.operator")}
          value={draft.operator}
          onChange={(operator) => edit({ operator })}
        />
      )}
    </>
  );
}

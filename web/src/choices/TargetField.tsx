import { NativeSelect, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NamedSelect } from "./NamedSelect";
import { PersonSelect } from "./PersonSelect";
import { TARGET_KINDS, type TargetDraft, type TargetKind } from "./target";

type TargetFieldProps = {
  label: string;
  value: TargetDraft;
  onChange: (target: TargetDraft) => void;
};

/** Chooses where a call goes. */
export function TargetField({ label, value, onChange }: TargetFieldProps) {
  const { t } = useTranslation();
  const isKind = (text: string): text is TargetKind => TARGET_KINDS.some((kind) => kind === text);
  const set = (id: string) => onChange({ ...value, value: id });
  return (
    <Stack gap="xs">
      <NativeSelect
        label={label}
        value={value.kind}
        onChange={({ currentTarget: { value: kind } }) => isKind(kind) && onChange({ kind, value: "" })}
        data={TARGET_KINDS.map((kind) => ({ value: kind, label: t(`target.${kind}`) }))}
      />
      <Which value={value} onChange={set} />
    </Stack>
  );
}

type WhichProps = { value: TargetDraft; onChange: (value: string) => void };

function Which({ value: { kind, value }, onChange }: WhichProps) {
  const { t } = useTranslation();
  switch (kind) {
    case "user":
    case "voicemail":
      return (
        <PersonSelect
          label={t("target.person")}
          value={value}
          onChange={(person) => onChange(person?.id ?? "")}
          required
        />
      );
    case "external":
      return (
        <TextInput
          label={t("target.number")}
          placeholder="+14255550123"
          required
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "auto_attendant":
    case "call_queue":
    case "resource_account":
    case "shared_mailbox":
      return <NamedSelect kind={kind} label={t(`target.${kind}`)} value={value} onChange={onChange} required />;
  }
}

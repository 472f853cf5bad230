import { Checkbox, JsonInput, NativeSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PolicySetting } from "../../api/__generated__/schema";
import { NamedMultiSelect } from "../../choices/NamedMultiSelect";
import { NamedSelect } from "../../choices/NamedSelect";
import { momentOf, ownZone, typedMoment } from "../../format/time";
import { shapeOf, wordsOf } from "./settings";

type SettingFieldProps = { setting: PolicySetting; value: unknown; onChange: (value: unknown) => void; error?: string | undefined };

/** One setting, typed as the API says that it is. */
export function SettingField({ setting, value, onChange, error }: SettingFieldProps) {
  const { t } = useTranslation();
  const shape = shapeOf(setting);
  const common = { label: wordsOf(setting.name), description: setting.about, error };
  switch (shape.as) {
    case "switch":
      return <Checkbox {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "choice":
      return (
        <NativeSelect
          {...common}
          value={typeof value === "string" ? value : ""}
          onChange={({ currentTarget: { value: chosen } }) => onChange(chosen === "" ? null : chosen)}
          data={[
            ...(shape.mayBeNothing ? [{ value: "", label: t("policies.none") }] : []),
            ...shape.choices.map((choice) => ({ value: choice, label: wordsOf(choice) })),
          ]}
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          min={shape.min}
          max={shape.max}
          value={typeof value === "number" ? value : ""}
          onChange={(number) => onChange(number === "" ? null : Number(number))}
        />
      );
    case "texts":
      return <TagsInput {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case "numbers":
      return (
        <TagsInput
          {...common}
          value={Array.isArray(value) ? value.map(String) : []}
          // What is no number is none of them.
          onChange={(texts) => onChange(texts.map(Number).filter(Number.isInteger))}
        />
      );
    case "moment":
      return (
        <TextInput
          {...common}
          type="datetime-local"
          label={`${common.label} (${ownZone()})`}
          value={typeof value === "string" ? typedMoment(value) : ""}
          onChange={({ currentTarget: { value: typed } }) => onChange(momentOf(typed))}
        />
      );
    case "objects":
      return <NamedMultiSelect kind={shape.kind} {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case "object":
      return (
        <NamedSelect
          kind={shape.kind}
          label={common.label}
          description={setting.about}
          error={error}
          value={typeof value === "string" ? value : ""}
          onChange={(id) => onChange(id === "" ? null : id)}
        />
      );
    case "json":
      return (
        <JsonInput
          {...common}
          validationError={t("policies.noJson")}
          formatOnBlur
          autosize
          minRows={3}
          defaultValue={JSON.stringify(value, null, 2)}
          onChange={(text) => {
            const read = jsonOf(text);
            if (read !== undefined) onChange(read);
          }}
        />
      );
    case "text":
      return (
        <TextInput
          {...common}
          value={typeof value === "string" ? value : ""}
          onChange={({ currentTarget: { value: text } }) => onChange(text === "" && shape.mayBeNothing ? null : text)}
        />
      );
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

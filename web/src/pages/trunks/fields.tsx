import { MultiSelect, NativeSelect, NumberInput, TagsInput, TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Draft } from "../../ui/form/draft";
import { CODECS, SRTPS, TRANSPORTS, type TrunkDraft } from "./draft";

export const FIELDS = ["name", "description", "host", "port", "sources", "country", "codecs", "calls_max", "no_answer_seconds", "priority"] as const;

export type TrunkFieldsProps = Pick<Draft<TrunkDraft>, "draft" | "edit"> & { ofField: (field: string) => string | undefined };

/** The fields of a trunk, whether it is new or not. */
export function TrunkFields(part: TrunkFieldsProps) {
  return (
    <>
      <Place {...part} />
      <Sound {...part} />
      <Limits {...part} />
    </>
  );
}

/** What it is called, and where it is reached. */
function Place({ draft, edit, ofField }: TrunkFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput label={t("trunks.name")} required value={draft.name} error={ofField("name")} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput
        label={t("trunks.host")}
        description={t("trunks.hostHint")}
        required
        value={draft.host}
        error={ofField("host")}
        onChange={(event) => edit({ host: event.currentTarget.value })}
      />
      <Whole field="port" max={65_535} draft={draft} edit={edit} ofField={ofField} />
      <TagsInput
        label={t("trunks.sources")}
        description={t("trunks.sourcesHint")}
        value={draft.sources}
        error={ofField("sources")}
        onChange={(sources) => edit({ sources })}
      />
      <NativeSelect
        label={t("trunks.transport")}
        value={draft.transport}
        onChange={({ currentTarget: { value } }) => edit({ transport: TRANSPORTS.find((transport) => transport === value) ?? draft.transport })}
        data={TRANSPORTS.map((value) => ({ value, label: value.toUpperCase() }))}
      />
    </>
  );
}

/** How its sound travels, and how its numbers are read. */
function Sound({ draft, edit, ofField }: TrunkFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        label={t("trunks.srtp")}
        value={draft.srtp}
        onChange={({ currentTarget: { value } }) => edit({ srtp: SRTPS.find((srtp) => srtp === value) ?? draft.srtp })}
        data={SRTPS.map((value) => ({ value, label: t(`trunks.srtps.${value}`) }))}
      />
      <MultiSelect
        label={t("trunks.codecs")}
        description={t("trunks.codecsHint")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        error={ofField("codecs")}
        value={draft.codecs}
        onChange={(codecs) => edit({ codecs })}
        data={[...CODECS]}
      />
      <TextInput
        label={t("trunks.country")}
        description={t("trunks.countryHint")}
        error={ofField("country")}
        value={draft.country}
        onChange={(event) => edit({ country: event.currentTarget.value })}
      />
    </>
  );
}

/** How much it takes, how long it is waited for, and which is asked first. */
function Limits({ draft, edit, ofField }: TrunkFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Whole field="calls_max" draft={draft} edit={edit} ofField={ofField} />
      <Whole field="no_answer_seconds" draft={draft} edit={edit} ofField={ofField} />
      <Whole field="priority" draft={draft} edit={edit} ofField={ofField} />
      <Textarea
        label={t("trunks.description")}
        error={ofField("description")}
        value={draft.description}
        onChange={(event) => edit({ description: event.currentTarget.value })}
      />
    </>
  );
}

type WholeProps = TrunkFieldsProps & { field: "port" | "calls_max" | "no_answer_seconds" | "priority"; max?: number };

/** A whole number from 1, or nothing. */
function Whole({ field, max, draft, edit, ofField }: WholeProps) {
  const { t } = useTranslation();
  return (
    <NumberInput
      label={t(`trunks.whole.${field}`)}
      description={field === "port" ? undefined : t(`trunks.wholeHint.${field}`)}
      min={1}
      {...(max === undefined ? {} : { max })}
      allowDecimal={false}
      value={draft[field]}
      error={ofField(field)}
      onChange={(value) => edit({ [field]: value === "" ? "" : Number(value) })}
    />
  );
}

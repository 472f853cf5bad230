import { NativeSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Srtp, Transport } from "../../api/__generated__/schema";
import type { Draft } from "../../ui/form/draft";

const TRANSPORTS = ["udp", "tcp", "tls"] as const satisfies readonly Transport[];
const SRTPS = ["off", "preferred", "required"] as const satisfies readonly Srtp[];

/** What a trunk is reached by, as it is typed. */
export type TrunkDraft = {
  name: string;
  host: string;
  port: number | "";
  transport: Transport;
  srtp: Srtp;
  sources: string[];
  calls_max: number | "";
};

export const FIELDS = ["name", "host", "port", "sources", "calls_max"] as const;

type TrunkFieldsProps = Pick<Draft<TrunkDraft>, "draft" | "edit"> & { ofField: (field: string) => string | undefined };

/** The fields of a trunk, whether it is new or not. */
export function TrunkFields({ draft, edit, ofField }: TrunkFieldsProps) {
  const { t } = useTranslation();
  const numberOr = (value: string | number) => (value === "" ? "" : Number(value));
  return (
    <>
      <TextInput
        label={t("trunks.name")}
        required
        value={draft.name}
        error={ofField("name")}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("trunks.host")}
        description={t("trunks.hostHint")}
        required
        value={draft.host}
        error={ofField("host")}
        onChange={(event) => edit({ host: event.currentTarget.value })}
      />
      <NumberInput
        label={t("trunks.port")}
        min={1}
        max={65_535}
        value={draft.port}
        error={ofField("port")}
        onChange={(port) => edit({ port: numberOr(port) })}
      />
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
        onChange={({ currentTarget: { value } }) =>
          edit({ transport: TRANSPORTS.find((transport) => transport === value) ?? draft.transport })
        }
        data={TRANSPORTS.map((value) => ({ value, label: value.toUpperCase() }))}
      />
      <NativeSelect
        label={t("trunks.srtp")}
        value={draft.srtp}
        onChange={({ currentTarget: { value } }) => edit({ srtp: SRTPS.find((srtp) => srtp === value) ?? draft.srtp })}
        data={SRTPS.map((value) => ({ value, label: t(`trunks.srtps.${value}`) }))}
      />
      <NumberInput
        label={t("trunks.callsMax")}
        min={1}
        value={draft.calls_max}
        error={ofField("calls_max")}
        onChange={(calls) => edit({ calls_max: numberOr(calls) })}
      />
    </>
  );
}

import { Group, Input, NumberInput, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CivicAddress } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { outdate } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { type AddressDraft, DEGREES, TEXTS, bodyOf, draftOf } from "./address";

const NOUNS = ["civic_address"] as const;
const DEGREES_MAX = { latitude: 90, longitude: 180 } as const;

/** Civic addresses: where numbers are used, as emergency services are told. */
export function CivicAddresses() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (address: string) => ({ path: { tenant, address } });
  const isValid = ({ validation_status }: CivicAddress) => validation_status === "validated";
  const stateOf = (address: CivicAddress) => t(`civic.states.${address.validation_status}`);
  const noun: Noun<CivicAddress, AddressDraft> = {
    words: {
      title: t("section.civic-addresses"),
      one: t("civic.one"),
      add: t("civic.add"),
      empty: t("civic.empty"),
      remove: t("civic.delete"),
      removeEffect: t("civic.deleteEffect"),
    },
    mayWrite: may("sites.write"),
    definition: {
      name: "civic-addresses",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/civic-addresses", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("translations.name"), text: ({ name }) => name },
        { id: "line", title: t("civic.line"), text: ({ line }) => line, width: 2.4 },
        {
          id: "state",
          title: t("live.state"),
          text: stateOf,
          cell: (address) => <State is={isValid(address) ? "fine" : "warned"}>{stateOf(address)}</State>,
        },
        { id: "company", title: t("civic.part.company_name"), text: ({ company_name }) => company_name },
        { id: "country", title: t("sites.country"), text: ({ country }) => country, width: 0.6 },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", isHidden: true, width: 1.4 },
      ],
      filters: [
        {
          id: "state",
          title: t("live.state"),
          choices: [t("civic.states.validated"), t("civic.states.not_validated")].map((label) => ({ value: label, label })),
        },
        { id: "country", title: t("sites.country") },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: NOUNS,
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/civic-addresses/{address}", { params: one(id) })),
    draftOf,
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/civic-addresses", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/civic-addresses/{address}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/civic-addresses/{address}", { params: one(id) })),
    fields: (part) => <AddressFields {...part} />,
    names: ["name", "company_name", "country", ...TEXTS, ...DEGREES],
    below: (address, reload) => <Validation address={address} onDone={reload} />,
  };
  return <NounPage noun={noun} />;
}

function AddressFields({ draft, edit, ofField }: Fields<AddressDraft>) {
  const { t } = useTranslation();
  return (
    <>
      {(["name", "company_name", "country"] as const).map((part) => (
        <TextInput
          key={part}
          label={t(`civic.part.${part}`)}
          required
          error={ofField(part)}
          value={draft[part]}
          onChange={(event) => edit({ [part]: event.currentTarget.value })}
        />
      ))}
      {TEXTS.map((part) => (
        <TextInput key={part} label={t(`civic.part.${part}`)} error={ofField(part)} value={draft[part]} onChange={(event) => edit({ [part]: event.currentTarget.value })} />
      ))}
      <Input.Wrapper label={t("civic.position")} description={t("civic.positionHint")} labelElement="div">
        <Group grow mt="xs">
          {DEGREES.map((part) => (
            <NumberInput
              key={part}
              label={t(`civic.part.${part}`)}
              min={-DEGREES_MAX[part]}
              max={DEGREES_MAX[part]}
              hideControls
              error={ofField(part)}
              value={draft[part]}
              onChange={(degrees) => edit({ [part]: String(degrees) })}
            />
          ))}
        </Group>
      </Input.Wrapper>
      <Textarea label={t("noun.description")} error={ofField("description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
    </>
  );
}

/** Who vouched for an address, and vouching for it. Numbers may be used only where somebody did. */
function Validation({ address, onDone }: { address: CivicAddress; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { id, validated_at: at, validated_by: by } = address;
  if (address.validation_status === "validated") {
    return (
      <Facts
        facts={[
          [t("civic.validatedAt"), moment(at)],
          [t("civic.validatedBy"), by],
        ]}
      />
    );
  }
  return (
    <Stack gap="xs">
      <Text size="sm">{t("civic.hint")}</Text>
      {may("sites.write") && (
        <ActionButton
          variant="default"
          act={() => answer(api.POST("/api/v1/tenants/{tenant}/civic-addresses/{address}/validate", { params: { path: { tenant, address: id } } }))}
          onDone={() => {
            outdate(tenant, new Set(NOUNS));
            onDone();
          }}
        >
          {t("civic.validate")}
        </ActionButton>
      )}
    </Stack>
  );
}

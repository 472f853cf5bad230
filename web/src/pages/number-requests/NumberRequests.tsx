import { Alert, NativeSelect, NumberInput, Stack, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { NumberKind, NumberRequest, RequestState } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { money } from "../../format/money";
import { sentence } from "../../format/sentence";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { Timeline } from "../port-orders/Timeline";

const KINDS = ["user", "service_toll", "service_toll_free"] as const satisfies readonly NumberKind[];
const LOOKS = {
  requested: "quiet",
  quoted: "warned",
  accepted: "quiet",
  fulfilled: "fine",
  rejected: "bad",
  cancelled: "quiet",
} as const satisfies Record<RequestState, string>;
const QUANTITY_MAX = 10_000;

type Typed = { operator: string; country: string; area: string; kind: NumberKind; quantity: number; note: string };
/** A request with the tag that a change of it names. */
type Shown = NumberRequest & { tag?: string | undefined };

/** Number requests: numbers that operators are asked for, with what they quote. */
export function NumberRequests() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data: operators = [] } = useQuery(operatorsQuery(tenant));
  const one = (request: string) => ({ path: { tenant, request } });
  const noun: Noun<Shown, Typed> = {
    words: {
      title: t("section.number-requests"),
      one: t("requests.one"),
      add: t("requests.add"),
      empty: t("requests.empty"),
      remove: "",
      removeEffect: "",
    },
    mayWrite: may("number_orders.write"),
    definition: {
      name: "number-requests",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/number-requests", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "at", title: t("requests.asked"), text: ({ created_at }) => moment(created_at), order: ({ created_at }) => instantOf(created_at), width: 1.6 },
        { id: "operator", title: t("operators.one"), text: ({ operator }) => operators.find(({ id }) => id === operator)?.name ?? operator, width: 1.3 },
        {
          id: "state",
          title: t("live.state"),
          text: ({ state }) => t(`requests.state.${state}`),
          cell: ({ state }) => <State is={LOOKS[state]}>{t(`requests.state.${state}`)}</State>,
        },
        { id: "kind", title: t("numbers.kind"), text: ({ kind }) => t(`numberKind.${kind}`), width: 1.2 },
        { id: "where", title: t("requests.where"), text: ({ country, area }) => [country, area].filter(Boolean).join(" ") },
        { id: "quantity", title: t("requests.given"), text: ({ given, quantity }) => `${given}/${quantity}`, width: 0.8 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ created_at, quantity }) => `${quantity} ${moment(created_at)}`,
      nouns: ["number_request"],
    },
    read: async (id) => {
      const { value, tag } = await answerWithTag(api.GET("/api/v1/tenants/{tenant}/number-requests/{request}", { params: one(id) }));
      return { value: { ...value, tag }, tag };
    },
    draftOf: (request) => ({
      operator: request?.operator ?? operators[0]?.id ?? "",
      country: request?.country ?? "US",
      area: request?.area ?? "",
      kind: request?.kind ?? "user",
      quantity: request?.quantity ?? 1,
      note: request?.note ?? "",
    }),
    create: ({ area, note, operator, ...same }) => {
      const body = { ...same, operator: operator === "" ? (operators[0]?.id ?? "") : operator, area: orNull(area), note: orNull(note) };
      return answer(api.POST("/api/v1/tenants/{tenant}/number-requests", { params: { path: { tenant } }, body }));
    },
    fields: (part) => <RequestFields {...part} operators={operators} />,
    names: ["operator", "country", "area", "quantity", "note"],
    below: (request) => <Progress request={request} />,
  };
  return <NounPage noun={noun} />;
}

function RequestFields({ draft, edit, ofField, operators }: Fields<Typed> & { operators: readonly { id: string; name: string }[] }) {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        label={t("operators.one")}
        required
        error={ofField("operator")}
        value={draft.operator}
        onChange={(event) => edit({ operator: event.currentTarget.value })}
        data={operators.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <NativeSelect
        label={t("numbers.kind")}
        value={draft.kind}
        onChange={({ currentTarget: { value } }) => edit({ kind: KINDS.find((kind) => kind === value) ?? draft.kind })}
        data={KINDS.map((value) => ({ value, label: t(`numberKind.${value}`) }))}
      />
      <TextInput label={t("numbers.country")} description={t("numbers.countryHint")} required maxLength={2} error={ofField("country")} value={draft.country} onChange={(event) => edit({ country: event.currentTarget.value.toUpperCase() })} />
      <TextInput label={t("numbers.area")} error={ofField("area")} value={draft.area} onChange={(event) => edit({ area: event.currentTarget.value })} />
      <NumberInput label={t("requests.quantity")} min={1} max={QUANTITY_MAX} required error={ofField("quantity")} value={draft.quantity} onChange={(quantity) => edit({ quantity: Number(quantity) })} />
      <Textarea label={t("requests.note")} error={ofField("note")} value={draft.note} onChange={(event) => edit({ note: event.currentTarget.value })} />
    </>
  );
}

/** What the operator quoted, what can be done about it, and what happened so far. */
function Progress({ request: { id, state, quote, reason, tag } }: { request: Shown }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, request: id } };
  const { data } = useQuery({
    queryKey: keyOf(tenant, "request-timeline", id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/number-requests/{request}/timeline", { params })),
    meta: { nouns: ["number_request"] },
  });
  const changed = () => outdate(tenant, new Set(["number_request"]));
  const isOpen = state === "requested" || state === "quoted" || state === "accepted";
  return (
    <Stack gap="sm">
      {quote && (
        <Facts
          facts={[
            [t("requests.setup"), money(quote.setup_micros, quote.currency)],
            [t("requests.monthly"), money(quote.monthly_micros, quote.currency)],
            [t("requests.ready"), quote.ready_on],
            [t("requests.until"), moment(quote.valid_until)],
            [t("requests.note"), quote.note],
          ]}
        />
      )}
      {reason && (
        <Alert color="orange" variant="outline">
          {sentence(reason)}
        </Alert>
      )}
      {may("number_orders.write") && state === "quoted" && (
        <ActionButton
          act={() => answer(api.POST("/api/v1/tenants/{tenant}/number-requests/{request}/accept", { params: { ...params, header: ifMatch(tag) } }))}
          onDone={changed}
        >
          {t("requests.accept")}
        </ActionButton>
      )}
      {may("number_orders.write") && isOpen && (
        <ActionButton
          color="red"
          variant="outline"
          act={() => answer(api.POST("/api/v1/tenants/{tenant}/number-requests/{request}/cancel", { params: { ...params, header: ifMatch(undefined) } }))}
          onDone={changed}
        >
          {t("requests.cancel")}
        </ActionButton>
      )}
      <Timeline steps={data?.items ?? []} />
    </Stack>
  );
}

/** Operators that may be asked: those that the organization consented to. */
function operatorsQuery(tenant: string) {
  return {
    queryKey: keyOf(tenant, "operators-consented"),
    queryFn: async () => {
      const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/operators", { params: { path: { tenant } } }));
      return items.filter(({ consent }) => consent?.status === "active").map(({ id, name }) => ({ id, name }));
    },
    meta: { nouns: ["operator", "consent"] },
  };
}

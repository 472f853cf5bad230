import { Alert, Checkbox, NativeSelect, Stack, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NumberKind, PortKind, PortOrder, PortOrderSummary } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import classes from "../webhooks/Webhooks.module.css";
import { Documents, type Papers } from "./Documents";
import { LOOKS } from "./states";
import { Timeline } from "./Timeline";

const KINDS = ["geographic", "mobile", "toll_free"] as const satisfies readonly PortKind[];
const USAGES = ["user", "service_toll", "service_toll_free"] as const satisfies readonly NumberKind[];

const TEXTS = ["organization_name", "losing_carrier", "account_number", "authorized_user", "billing_number", "service_address"] as const;

type Texts = Record<(typeof TEXTS)[number], string>;
type Typed = Texts & { name: string; country: string; kind: PortKind; usage: NumberKind; numbers: string; requested_date: string; account_pin: string; closes_account: boolean };

/** An order as a list or as a whole shows it. */
type Shown = PortOrderSummary & Partial<Pick<PortOrder, "numbers" | "faults" | "letter"> & Papers>;

/** Port orders: numbers that come from another carrier. */
export function PortOrders() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (order: string) => ({ path: { tenant, order } });
  const bodyOf = ({ numbers, requested_date, account_pin, billing_number, ...same }: Typed) => ({
    ...same,
    billing_number: billing_number === "" ? null : billing_number,
    requested_date: requested_date === "" ? null : requested_date,
    ...(account_pin === "" ? {} : { account_pin }),
    numbers: numbers.split(/[\s,;]+/).filter(Boolean).map((number) => ({ number })),
  });
  const noun: Noun<Shown, Typed> = {
    words: {
      title: t("section.port-orders"),
      one: t("ports.one"),
      add: t("ports.add"),
      empty: t("ports.empty"),
      remove: t("ports.delete"),
      removeEffect: t("ports.deleteEffect"),
    },
    mayWrite: may("ports.write"),
    definition: {
      name: "port-orders",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/port-orders", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("ports.name"), text: ({ name }) => name, width: 1.4 },
        {
          id: "state",
          title: t("live.state"),
          text: ({ state }) => t(`ports.state.${state}`),
          cell: ({ state }) => <State is={LOOKS[state]}>{t(`ports.state.${state}`)}</State>,
          width: 1.2,
        },
        { id: "numbers", title: t("ports.numbers"), text: ({ n_numbers }) => String(n_numbers), width: 0.7 },
        { id: "carrier", title: t("ports.losing_carrier"), text: ({ losing_carrier }) => losing_carrier ?? "" },
        { id: "at", title: t("ports.updated"), text: ({ updated_at }) => moment(updated_at), order: ({ updated_at }) => instantOf(updated_at), width: 1.4 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["port_order"],
    },
    read: async (id) => {
      const { value, tag } = await answerWithTag(api.GET("/api/v1/tenants/{tenant}/port-orders/{order}", { params: one(id) }));
      return { value: { ...value, n_numbers: value.numbers.length, numbers_by_state: {} }, tag };
    },
    draftOf: (order) => ({
      name: order?.name ?? "",
      country: order?.country ?? "US",
      kind: order?.kind ?? "geographic",
      usage: order?.usage ?? "user",
      organization_name: order?.organization_name ?? "",
      losing_carrier: order?.losing_carrier ?? "",
      account_number: order?.account_number ?? "",
      authorized_user: order?.authorized_user ?? "",
      billing_number: order?.billing_number ?? "",
      service_address: order?.service_address ?? "",
      requested_date: order?.requested_date ?? "",
      account_pin: "",
      closes_account: order?.closes_account ?? false,
      numbers: (order?.numbers ?? []).map(({ number }) => number).join("\n"),
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/port-orders", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PUT("/api/v1/tenants/{tenant}/port-orders/{order}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/port-orders/{order}", { params: one(id) })),
    isFixed: ({ may: rights }) => !rights.edit,
    fields: ({ draft, edit, ofField }) => (
      <>
        <TextInput label={t("ports.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <TextInput label={t("sites.country")} description={t("sites.countryHint")} required error={ofField("country")} value={draft.country} onChange={(event) => edit({ country: event.currentTarget.value })} />
        <NativeSelect
          label={t("ports.kind")}
          value={draft.kind}
          onChange={({ currentTarget: { value } }) => edit({ kind: KINDS.find((kind) => kind === value) ?? draft.kind })}
          data={KINDS.map((kind) => ({ value: kind, label: t(`ports.kinds.${kind}`) }))}
        />
        <NativeSelect
          label={t("ports.usage")}
          value={draft.usage}
          onChange={({ currentTarget: { value } }) => edit({ usage: USAGES.find((usage) => usage === value) ?? draft.usage })}
          data={USAGES.map((usage) => ({ value: usage, label: t(`numberKind.${usage}`) }))}
        />
        <Textarea label={t("ports.numbers")} description={t("ports.numbersHint")} rows={4} required error={ofField("numbers")} value={draft.numbers} onChange={(event) => edit({ numbers: event.currentTarget.value })} />
        {TEXTS.map((name) => (
          <TextInput key={name} label={t(`ports.${name}`)} error={ofField(name)} value={draft[name]} onChange={(event) => edit({ [name]: event.currentTarget.value })} />
        ))}
        <TextInput label={t("ports.pin")} description={t("ports.pinHint")} autoComplete="off" error={ofField("account_pin")} value={draft.account_pin} onChange={(event) => edit({ account_pin: event.currentTarget.value })} />
        <TextInput type="date" label={t("ports.date")} error={ofField("requested_date")} value={draft.requested_date} onChange={(event) => edit({ requested_date: event.currentTarget.value })} />
        <Checkbox label={t("ports.closes")} checked={draft.closes_account} onChange={(event) => edit({ closes_account: event.currentTarget.checked })} />
      </>
    ),
    names: ["name", "country", "numbers", "account_pin", "requested_date", ...TEXTS],
    below: (order, reload) => <Progress order={order} reload={reload} />,
  };
  return <NounPage noun={noun} />;
}

/** What is still missing, the signature, and what happened to the order so far. */
function Progress({ order: read, reload }: { order: Shown; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [signer, setSigner] = useState("");
  const params = { path: { tenant, order: read.id } };
  // What is missing changes while somebody types over the order, which is not read again for it.
  const { data: order = read } = useQuery({
    queryKey: keyOf(tenant, "port-progress", read.id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/port-orders/{order}", { params })),
    meta: { nouns: ["port_order"] },
  });
  const { data } = useQuery({
    queryKey: keyOf(tenant, "port-timeline", order.id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/port-orders/{order}/timeline", { params })),
    meta: { nouns: ["port_order"] },
  });
  const changed = () => outdate(tenant, new Set(["port_order"]));
  const moved = () => {
    changed();
    reload();
  };
  return (
    <Stack gap="sm">
      {(order.faults ?? []).map(({ field, message, fix }) => (
        <Alert key={`${field} ${message}`} color="orange" variant="outline">
          {sentence(message)} {sentence(fix)}
        </Alert>
      ))}
      <Documents
        key={order.id}
        order={order.id}
        documents={order.documents ?? []}
        needed={order.needed_documents ?? []}
        mayEdit={may("ports.write") && order.may.edit}
        onChanged={changed}
      />
      {order.letter && !order.is_signed && (
        <details>
          <summary>{t("ports.letter")}</summary>
          <pre className={classes.secret}>{order.letter}</pre>
        </details>
      )}
      {may("ports.write") && order.may.edit && !order.is_signed && (
        <>
          <TextInput label={t("ports.signer")} description={t("ports.signerHint")} value={signer} onChange={(event) => setSigner(event.currentTarget.value)} />
          <ActionButton
            variant="default"
            disabled={signer.trim() === ""}
            act={() => answer(api.POST("/api/v1/tenants/{tenant}/port-orders/{order}/sign", { params, body: { signed_by: signer } }))}
            onDone={changed}
          >
            {t("ports.sign")}
          </ActionButton>
        </>
      )}
      {may("ports.write") && order.may.edit && (
        <ActionButton act={() => answer(api.POST("/api/v1/tenants/{tenant}/port-orders/{order}/submit", { params }))} onDone={moved}>
          {t("ports.submit")}
        </ActionButton>
      )}
      {may("ports.write") && order.may.cancel && (
        <ActionButton color="red" variant="outline" act={() => answer(api.POST("/api/v1/tenants/{tenant}/port-orders/{order}/cancel", { params }))} onDone={moved}>
          {t("ports.cancel")}
        </ActionButton>
      )}
      <Timeline steps={data?.items ?? []} />
    </Stack>
  );
}

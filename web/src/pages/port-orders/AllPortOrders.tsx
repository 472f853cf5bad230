import { Button, MultiSelect, NativeSelect, Stack, Text, TextInput, Textarea, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { QueuedPortOrder, QueuedPortOrderSummary } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { moment, ownZone } from "../../format/time";
import { paths } from "../../paths";
import { useMay, useMe } from "../../session/me";
import { tenantsQuery } from "../../session/tenants";
import { SERVER } from "../../shell/provider";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { SmallTable } from "../../ui/SmallTable";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import rows from "../webhooks/Webhooks.module.css";
import { LOOKS, REPORTED, type ReportDraft, STATES, reportOf } from "./states";

const NOUNS = ["port_order"] as const;

/** Numbers that organizations bring from other carriers, and how far they are. */
export function AllPortOrders() {
  const { t } = useTranslation();
  const { view, show } = useView();
  const { data: tenants = [] } = useQuery(tenantsQuery(useMe()));
  const nameOf = (tenant: string) => tenants.find(({ id }) => id === tenant)?.name ?? tenant;
  const definition: ListDefinition<QueuedPortOrderSummary> = {
    name: "all-port-orders",
    tenant: SERVER,
    where: {
      by: "api",
      load: ({ params: { state }, cursor, signal }) =>
        answer(api.GET("/api/v1/port-orders", { params: { query: { state: STATES.find((one) => one === state), cursor } }, signal })),
    },
    columns: [
      { id: "name", title: t("ports.name"), text: ({ name }) => name, width: 1.4 },
      { id: "tenant", title: t("shell.tenant"), text: ({ tenant }) => nameOf(tenant), width: 1.2 },
      {
        id: "state",
        title: t("live.state"),
        text: ({ state }) => t(`ports.state.${state}`),
        cell: ({ state }) => <State is={LOOKS[state]}>{t(`ports.state.${state}`)}</State>,
      },
      { id: "numbers", title: t("ports.numbers"), text: ({ n_numbers }) => String(n_numbers), width: 0.7 },
      { id: "carrier", title: t("ports.losing_carrier"), text: ({ losing_carrier }) => losing_carrier ?? "", width: 1.2 },
      { id: "date", title: t("ports.date"), text: ({ requested_date }) => requested_date ?? "" },
      { id: "at", title: t("ports.updated"), text: ({ updated_at }) => moment(updated_at), width: 1.6 },
    ],
    filters: [{ id: "state", title: t("live.state"), choices: STATES.map((value) => ({ value, label: t(`ports.state.${value}`) })) }],
    idOf: ({ id }) => id,
    nameOf: ({ name, tenant }) => `${nameOf(tenant)}: ${name}`,
    nouns: NOUNS,
  };
  return (
    <Page title={t("provider.port-orders")}>
      <List definition={definition} empty={<p>{t("ports.empty")}</p>} />
      {view.open !== "" && (
        <SidePanel title={t("ports.one")} onClose={() => show({ open: "" })}>
          <Loaded
            queryKey={keyOf(SERVER, "port-order", view.open)}
            load={() => answer(api.GET("/api/v1/port-orders/{order}", { params: { path: { order: view.open } } }))}
          >
            {(order, reload) => <Shown order={order} tenant={nameOf(order.tenant)} reload={reload} />}
          </Loaded>
        </SidePanel>
      )}
    </Page>
  );
}

const DETAILS = ["organization_name", "losing_carrier", "account_number", "authorized_user", "billing_number", "service_address"] as const;

function Shown({ order, tenant, reload }: { order: QueuedPortOrder; tenant: string; reload: () => void }) {
  const { t } = useTranslation();
  const mayWrite = useMay()("ports.write");
  const isOver = order.state === "completed" || order.state === "cancelled" || order.state === "draft";
  return (
    <Stack>
      <Facts
        facts={[
          [t("ports.name"), order.name],
          [t("shell.tenant"), tenant],
          [t("live.state"), <State key="state" is={LOOKS[order.state]}>{t(`ports.state.${order.state}`)}</State>],
          ...DETAILS.map((name) => [t(`ports.${name}`), order[name] ?? ""] as const),
          [t("ports.date"), order.requested_date ?? ""],
          [t("ports.closes"), t(order.closes_account === true ? "yes" : "no")],
        ]}
      />
      {order.has_account_pin && <Pin order={order.id} />}
      {(order.documents ?? []).length > 0 && (
        <section aria-labelledby="papers">
          <Title order={3} size="h5" id="papers">
            {t("ports.papers")}
          </Title>
          <ul className={rows.rows}>
            {(order.documents ?? []).map(({ id, name, kind }) => (
              <li key={id}>
                <a href={paths.queuedPortDocument(order.id, id)} download={name}>
                  {name}
                </a>
                <span>{t(`ports.paper.${kind}`)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <SmallTable
        label={t("ports.numbers")}
        head={[t("numbers.number"), t("live.state"), t("ports.transferAt"), t("ports.reason")]}
        rows={order.numbers.map(({ number, state, transfer_at: at, reason }) => ({
          id: number,
          cells: [number, <State key={number} is={LOOKS[state]}>{t(`ports.state.${state}`)}</State>, moment(at), reason ?? ""],
        }))}
      />
      {mayWrite && !isOver && <Report order={order} onDone={reload} />}
    </Stack>
  );
}

/** The PIN that the losing carrier asks for; the audit has who looked at it. */
function Pin({ order }: { order: string }) {
  const { t } = useTranslation();
  const [pin, setPin] = useState<string>();
  if (pin !== undefined) return <Facts facts={[[t("ports.pin"), pin]]} />;
  return (
    <ActionButton
      variant="default"
      act={async () => {
        const { account_pin: told } = await answer(api.GET("/api/v1/port-orders/{order}/account-pin", { params: { path: { order } } }));
        setPin(told ?? "");
      }}
    >
      {t("ports.showPin")}
    </ActionButton>
  );
}

/** Says where numbers are now: those that have come are the organization's in the same moment. */
function Report({ order, onDone }: { order: QueuedPortOrder; onDone: () => void }) {
  const { t } = useTranslation();
  const { draft, edit } = useDraft<ReportDraft>({ state: "contacting_carrier", at: "", reason: "", numbers: [] });
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <Button w="fit-content" onClick={() => setOpen(true)}>
        {t("ports.report")}
      </Button>
    );
  }
  const params = { path: { order: order.id } };
  const saved = () => {
    outdate(SERVER, new Set(NOUNS));
    onDone();
  };
  return (
    <EditForm
      save={() => answer(api.POST("/api/v1/port-orders/{order}/status", { params, body: reportOf(draft) }))}
      onSaved={saved}
      submit={t("ports.reportNow")}
      fields={["state", "numbers", "reason", "transfer_at"]}
    >
      {(ofField) => (
        <>
          <Text size="sm">{t("ports.reportHint")}</Text>
          <NativeSelect
            label={t("ports.stateNow")}
            error={ofField("state")}
            value={draft.state}
            onChange={({ currentTarget: { value } }) => edit({ state: REPORTED.find((state) => state === value) ?? draft.state })}
            data={REPORTED.map((value) => ({ value, label: t(`ports.state.${value}`) }))}
          />
          {draft.state === "transfer_approved" && (
            <TextInput
              type="datetime-local"
              label={t("ports.transferAtIn", { zone: ownZone() })}
              required
              error={ofField("transfer_at")}
              value={draft.at}
              onChange={(event) => edit({ at: event.currentTarget.value })}
            />
          )}
          {draft.state === "error" && (
            <Textarea label={t("ports.whatToDo")} required error={ofField("reason")} value={draft.reason} onChange={(event) => edit({ reason: event.currentTarget.value })} />
          )}
          <MultiSelect
            label={t("ports.numbers")}
            description={t("ports.allNumbers")}
            searchable
            nothingFoundMessage={t("choice.nothing")}
            error={ofField("numbers")}
            value={draft.numbers}
            onChange={(numbers) => edit({ numbers })}
            data={order.numbers.map(({ number }) => number)}
          />
        </>
      )}
    </EditForm>
  );
}

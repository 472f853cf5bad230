import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Payment } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { amount, microsOf } from "../../format/money";
import { instantOf, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { orNull } from "../../ui/noun/text";
import { NOUNS, creditsQuery } from "../credits/credits";
import { NewPayment } from "./NewPayment";
import { KINDS, LOOKS, STATES, leftOf, outcomeOf } from "./states";

/** Payments: money that was asked for, and what became of it. */
export function Payments() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { view, show } = useView();
  const { data: wallet } = useQuery(creditsQuery(tenant));
  const definition = usePayments(tenant);
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  const close = () => show({ open: "" });
  const add = may("credits.write") && <Button onClick={() => show({ open: "new" })}>{t("payments.add")}</Button>;
  return (
    <Page title={t("section.payments")} actions={add}>
      <Text size="sm" mb="sm">
        {t("payments.hint")}{" "}
        <Link to={paths.section(tenant, "credits")} search={{ about: "lots" }}>
          {t("payments.cameIn")}
        </Link>
      </Text>
      <List
        definition={definition}
        empty={
          <>
            <p>{t("payments.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && wallet && (
        <SidePanel title={t("payments.add")} onClose={close}>
          <NewPayment currency={wallet.currency} onDone={({ id }) => show({ open: id })} />
        </SidePanel>
      )}
      {open !== undefined && (
        <SidePanel title={t("payments.one")} onClose={close}>
          <Shown payment={open} facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </Page>
  );
}

function usePayments(tenant: string): ListDefinition<Payment> {
  const { t } = useTranslation();
  const kindOf = ({ kind }: Payment) => {
    const known = KINDS.find((one) => one === kind);
    return known === undefined ? kind : t(`payments.kinds.${known}`);
  };
  const stateOf = ({ state }: Payment) => {
    const known = STATES.find((one) => one === state);
    return known === undefined ? state : t(`payments.states.${known}`);
  };
  const backOf = (payment: Payment) => {
    const outcome = outcomeOf(payment);
    return outcome === "none" ? "" : t(`payments.back.${outcome}`);
  };
  const money = (text: string | null | undefined, { currency }: Payment) => (text == null ? "" : amount(text, currency));
  return {
    name: "payments",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/credits/payments", { params: { path: { tenant }, query: { cursor, limit: 1000 } }, signal })),
    },
    columns: [
      { id: "at", title: t("payments.asked"), text: ({ at }) => moment(at), order: ({ at }) => instantOf(at), width: 1.8 },
      { id: "kind", title: t("payments.kind"), text: kindOf, width: 1.2 },
      { id: "amount", title: t("credits.amount"), text: (payment) => amount(payment.amount, payment.currency), order: (payment) => microsOf(payment.amount) },
      { id: "state", title: t("live.state"), text: stateOf, cell: (payment) => <State is={LOOKS[payment.state] ?? "quiet"}>{stateOf(payment)}</State> },
      {
        id: "back",
        title: t("payments.cameBack"),
        text: backOf,
        cell: (payment) => {
          const outcome = outcomeOf(payment);
          return outcome === "none" ? "" : <State is={outcome === "charged_back" ? "bad" : "quiet"}>{backOf(payment)}</State>;
        },
      },
      { id: "refunded", title: t("payments.refunded"), text: (payment) => money(payment.refunded, payment), order: ({ refunded }) => microsOf(refunded ?? ""), isHidden: true },
      { id: "chargedBack", title: t("payments.chargedBack"), text: (payment) => money(payment.charged_back, payment), order: ({ charged_back }) => microsOf(charged_back ?? ""), isHidden: true },
      { id: "reference", title: t("payments.reference"), text: ({ reference }) => reference ?? "", width: 1.6 },
      { id: "error", title: t("payments.error"), text: ({ error }) => error ?? "", width: 1.6 },
    ],
    filters: [
      { id: "kind", title: t("payments.kind"), choices: KINDS.map((value) => t(`payments.kinds.${value}`)).map((label) => ({ value: label, label })) },
      { id: "state", title: t("live.state"), choices: STATES.map((value) => t(`payments.states.${value}`)).map((label) => ({ value: label, label })) },
      {
        id: "back",
        title: t("payments.cameBack"),
        choices: (["refunded", "partly_refunded", "charged_back"] as const).map((value) => t(`payments.back.${value}`)).map((label) => ({ value: label, label })),
      },
    ],
    idOf: ({ id }) => id,
    nameOf: (payment) => `${kindOf(payment)} ${amount(payment.amount, payment.currency)} ${moment(payment.at)}`,
    nouns: NOUNS,
  };
}

type ShownProps = { payment: Payment; facts: readonly (readonly [string, string])[] };

function Shown({ payment, facts }: ShownProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const isPending = payment.state === "pending";
  const mayBook = sells && may("credits.write");
  const hasRest = payment.state === "succeeded" && microsOf(leftOf(payment)) > 0n;
  return (
    <Stack>
      <Facts facts={facts} />
      {isPending && payment.kind === "bank_transfer" && <Text size="sm">{t("payments.transferHint", { reference: payment.reference ?? "" })}</Text>}
      {isPending && payment.url != null && (
        <a href={payment.url} rel="noreferrer">
          {t("payments.pay")}
        </a>
      )}
      {isPending && payment.kind === "bank_transfer" && mayBook && <Arrived key={payment.id} payment={payment} />}
      {outcomeOf(payment) !== "none" && (
        <Link to={paths.section(tenant, "invoices")} search={{ q: payment.id }}>
          {t("payments.notes")}
        </Link>
      )}
      {hasRest && mayBook && <GiveBack key={`${payment.id} ${leftOf(payment)}`} payment={payment} />}
    </Stack>
  );
}

/** Gives a payment back, or a part of it. It asks once more: what was given back comes back only as a new payment. */
function GiveBack({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [isAsking, setAsking] = useState(false);
  const { draft, edit } = useDraft({ amount: leftOf(payment) });
  const params = { path: { tenant, payment: payment.id } };
  if (!isAsking) {
    return (
      <Button variant="outline" color="red" w="fit-content" onClick={() => setAsking(true)}>
        {t("payments.giveBack")}
      </Button>
    );
  }
  return (
    <section aria-labelledby="give-back">
      <Title order={3} size="h5" id="give-back" mb="xs">
        {t("payments.giveBack")}
      </Title>
      <EditForm
        save={() => answer(api.POST("/api/v1/tenants/{tenant}/credits/payments/{payment}/refund", { params, body: { amount: orNull(draft.amount) } }))}
        onSaved={() => outdate(tenant, new Set(NOUNS))}
        submit={t("payments.giveBackNow")}
        fields={["amount"]}
      >
        {(ofField) => (
          <>
            <Text size="sm">{t(payment.kind === "bank_transfer" ? "payments.giveBackTransfer" : "payments.giveBackCard")}</Text>
            <Text size="sm">{t("payments.giveBackHint")}</Text>
            <TextInput
              label={t("credits.amountIn", { currency: payment.currency })}
              description={t("payments.giveBackMax", { amount: amount(leftOf(payment), payment.currency) })}
              inputMode="decimal"
              required
              error={ofField("amount")}
              value={draft.amount}
              onChange={(event) => edit({ amount: event.currentTarget.value })}
            />
          </>
        )}
      </EditForm>
    </section>
  );
}

/** Books a bank transfer that somebody saw on the account. */
function Arrived({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ amount: payment.amount });
  const params = { path: { tenant, payment: payment.id } };
  return (
    <EditForm
      save={() => answer(api.POST("/api/v1/tenants/{tenant}/credits/payments/{payment}/confirm", { params, body: { amount: orNull(draft.amount) } }))}
      onSaved={() => outdate(tenant, new Set(NOUNS))}
      submit={t("payments.book")}
      fields={["amount"]}
    >
      {(ofField) => (
        <TextInput
          label={t("payments.arrived", { currency: payment.currency })}
          inputMode="decimal"
          required
          error={ofField("amount")}
          value={draft.amount}
          onChange={(event) => edit({ amount: event.currentTarget.value })}
        />
      )}
    </EditForm>
  );
}

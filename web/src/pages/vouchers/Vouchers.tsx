import { Alert, Button, NumberInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CreditVoucher } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { amount } from "../../format/money";
import { moment } from "../../format/time";
import { useMay, useMe } from "../../session/me";
import { tenantsQuery } from "../../session/tenants";
import { SERVER } from "../../shell/provider";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { keep } from "../../ui/list/export";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import secret from "../webhooks/Webhooks.module.css";
import { stateOf } from "./state";

const NOUNS = ["voucher"] as const;
const LOOKS = { free: "fine", redeemed: "quiet", lapsed: "bad" } as const;

/** Vouchers for credit, which organizations redeem. */
export function Vouchers() {
  const { t } = useTranslation();
  const mayWrite = useMay()("credits.write");
  const { view, show } = useView();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const { data: tenants = [] } = useQuery(tenantsQuery(useMe()));
  const close = () => show({ open: "" });
  const ownerOf = ({ redeemed_by }: CreditVoucher) => tenants.find(({ id }) => id === redeemed_by)?.name ?? redeemed_by ?? "";
  const definition: ListDefinition<CreditVoucher> = {
    name: "vouchers",
    tenant: SERVER,
    where: {
      by: "api",
      load: ({ cursor, signal }) => answer(api.GET("/api/v1/credit-vouchers", { params: { query: { cursor } }, signal })),
    },
    columns: [
      { id: "code", title: t("vouchers.code"), text: ({ hint }) => t("vouchers.endsWith", { hint }) },
      { id: "amount", title: t("credits.amount"), text: (voucher) => amount(voucher.amount, voucher.currency) },
      {
        id: "state",
        title: t("live.state"),
        text: (voucher) => t(`vouchers.state.${stateOf(voucher, Date.now())}`),
        cell: (voucher) => {
          const state = stateOf(voucher, Date.now());
          return <State is={LOOKS[state]}>{t(`vouchers.state.${state}`)}</State>;
        },
      },
      { id: "expires", title: t("credits.expires"), text: ({ expires_at }) => (expires_at == null ? t("credits.never") : moment(expires_at)), width: 1.6 },
      { id: "by", title: t("vouchers.by"), text: ownerOf, width: 1.4 },
      { id: "at", title: t("vouchers.at"), text: ({ redeemed_at }) => moment(redeemed_at), width: 1.6 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ hint }) => t("vouchers.endsWith", { hint }),
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  const add = mayWrite && <Button onClick={() => show({ open: "new" })}>{t("vouchers.make")}</Button>;
  return (
    <Page title={t("provider.vouchers")} actions={add}>
      {codes.length > 0 && (
        <Alert variant="outline" mb="md" title={t("vouchers.made", { count: codes.length })} withCloseButton closeButtonLabel={t("close")} onClose={() => setCodes([])}>
          <Text size="sm">{t("vouchers.once")}</Text>
          {/* What scrolls can be reached by the keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className={secret.secret} tabIndex={0}>
            {codes.join("\n")}
          </pre>
          <Button size="xs" mt="xs" variant="default" onClick={() => keep("vouchers.txt", `${codes.join("\n")}\n`, "text/plain")}>
            {t("vouchers.keep")}
          </Button>
        </Alert>
      )}
      <List
        definition={definition}
        empty={
          <>
            <p>{t("vouchers.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("vouchers.make")} onClose={close}>
          <NewVouchers
            onMade={(made) => {
              setCodes(made);
              close();
            }}
          />
        </SidePanel>
      )}
      {open !== undefined && (
        <SidePanel title={t("vouchers.one")} onClose={close}>
          <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </Page>
  );
}

const COUNT_MAX = 1_000;

function NewVouchers({ onMade }: { onMade: (codes: readonly string[]) => void }) {
  const { t } = useTranslation();
  const { draft, edit } = useDraft({ amount: "", currency: "USD", count: 1, until: "" });
  const save = async () => {
    const body = {
      amount: draft.amount.trim(),
      currency: draft.currency.trim().toUpperCase(),
      count: draft.count,
      expires_at: draft.until === "" ? null : new Date(`${draft.until}T23:59:59`).toISOString(),
    };
    const { items } = await answer(api.POST("/api/v1/credit-vouchers", { body }));
    outdate(SERVER, new Set(NOUNS));
    onMade(items.flatMap(({ code }) => (code == null ? [] : [code])));
  };
  return (
    <EditForm save={save} submit={t("vouchers.make")} fields={["amount", "currency", "count", "expires_at"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("credits.amount")}
            description={t("credits.amountHint")}
            required
            inputMode="decimal"
            error={ofField("amount")}
            value={draft.amount}
            onChange={(event) => edit({ amount: event.currentTarget.value })}
          />
          <TextInput
            label={t("decks.currency")}
            description={t("credits.hint.currency")}
            required
            maxLength={3}
            error={ofField("currency")}
            value={draft.currency}
            onChange={(event) => edit({ currency: event.currentTarget.value })}
          />
          <NumberInput
            label={t("vouchers.count")}
            min={1}
            max={COUNT_MAX}
            error={ofField("count")}
            value={draft.count}
            onChange={(count) => edit({ count: Number(count) })}
          />
          <TextInput
            type="date"
            label={t("vouchers.until")}
            description={t("vouchers.untilHint")}
            error={ofField("expires_at")}
            value={draft.until}
            onChange={(event) => edit({ until: event.currentTarget.value })}
          />
        </>
      )}
    </EditForm>
  );
}

import { NativeSelect, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { orNull } from "../../ui/noun/text";
import { NOUNS, onceKey } from "./credits";

type MoneyProps = { currency: string; onDone: () => void };

const SOURCES = ["bank_transfer", "card", "grant"] as const;

/** Books what was paid in, or is given. */
export function TopUp({ currency, onDone }: MoneyProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [key] = useState(onceKey);
  const { draft, edit } = useDraft({ amount: "", source: "bank_transfer", note: "" });
  const save = () => {
    const body = { amount: draft.amount.trim(), currency, source: draft.source, note: orNull(draft.note) };
    const params = { path: { tenant }, header: { "Idempotency-Key": key } };
    return answer(api.POST("/api/v1/tenants/{tenant}/credits/top-up", { params, body }));
  };
  return (
    <EditForm save={save} onSaved={useDone(onDone)} submit={t("credits.topUp")} fields={["amount"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("credits.amountIn", { currency })}
            description={t("credits.amountHint")}
            required
            inputMode="decimal"
            value={draft.amount}
            error={ofField("amount")}
            onChange={(event) => edit({ amount: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("credits.source")}
            value={draft.source}
            onChange={(event) => edit({ source: event.currentTarget.value })}
            data={SOURCES.map((value) => ({ value, label: t(`credits.sources.${value}`) }))}
          />
          <TextInput
            label={t("credits.note")}
            description={t("credits.noteHint")}
            value={draft.note}
            onChange={(event) => edit({ note: event.currentTarget.value })}
          />
        </>
      )}
    </EditForm>
  );
}

/** Gives credit, or takes it away, to mend a mistake. */
export function Adjust({ currency, onDone }: MoneyProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [key] = useState(onceKey);
  const { draft, edit } = useDraft({ amount: "", reason: "" });
  const save = () => {
    const params = { path: { tenant }, header: { "Idempotency-Key": key } };
    const body = { amount: draft.amount.trim(), reason: draft.reason.trim() };
    return answer(api.POST("/api/v1/tenants/{tenant}/credits/adjust", { params, body }));
  };
  return (
    <EditForm save={save} onSaved={useDone(onDone)} submit={t("credits.adjust")} fields={["amount", "reason"]}>
      {(ofField) => (
        <>
          <Text size="sm">{t("credits.adjustHint")}</Text>
          <TextInput
            label={t("credits.amountIn", { currency })}
            description={t("credits.minusHint")}
            required
            value={draft.amount}
            error={ofField("amount")}
            onChange={(event) => edit({ amount: event.currentTarget.value })}
          />
          <TextInput
            label={t("calls.reason")}
            required
            value={draft.reason}
            error={ofField("reason")}
            onChange={(event) => edit({ reason: event.currentTarget.value })}
          />
        </>
      )}
    </EditForm>
  );
}

/** Turns a voucher into credit. */
export function Redeem({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ voucher: "" });
  const save = () =>
    answer(api.POST("/api/v1/tenants/{tenant}/credits/top-up", { params: { path: { tenant } }, body: { voucher: draft.voucher.trim() } }));
  return (
    <EditForm save={save} onSaved={useDone(onDone)} submit={t("credits.redeem")} fields={["voucher"]}>
      {(ofField) => (
        <TextInput
          label={t("credits.voucher")}
          placeholder="XXXX-XXXX-XXXX-XXXX"
          required
          autoComplete="off"
          value={draft.voucher}
          error={ofField("voucher")}
          onChange={(event) => edit({ voucher: event.currentTarget.value })}
        />
      )}
    </EditForm>
  );
}

function useDone(onDone: () => void): () => void {
  const tenant = useTenant();
  return () => {
    outdate(tenant, new Set(NOUNS));
    onDone();
  };
}

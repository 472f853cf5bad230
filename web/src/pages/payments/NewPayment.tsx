import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Payment, PaymentKind } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { NOUNS } from "../credits/credits";

const WAYS: readonly PaymentKind[] = ["card", "bank_transfer"];

/** Asks for a payment: by card on the provider's page, or by a bank transfer with a reference. */
export function NewPayment({ currency, onDone }: { currency: string; onDone: (payment: Payment) => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft<{ kind: PaymentKind; amount: string; keep_card: boolean }>({ kind: "card", amount: "", keep_card: false });
  const save = async () => {
    const { kind, amount, keep_card } = draft;
    const body = { kind, amount: amount.trim(), keep_card: kind === "card" && keep_card, return_path: paths.section(tenant, "payments") };
    const payment = await answer(api.POST("/api/v1/tenants/{tenant}/credits/payments", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(NOUNS));
    onDone(payment);
  };
  return (
    <EditForm save={save} submit={t("payments.add")} fields={["amount"]}>
      {(ofField) => (
        <>
          <NativeSelect
            label={t("payments.kind")}
            value={draft.kind}
            onChange={(event) => edit({ kind: WAYS.find((way) => way === event.currentTarget.value) ?? draft.kind })}
            data={WAYS.map((value) => ({ value, label: t(`payments.kinds.${value}`) }))}
          />
          <TextInput
            label={t("credits.amountIn", { currency })}
            description={t("credits.amountHint")}
            required
            inputMode="decimal"
            error={ofField("amount")}
            value={draft.amount}
            onChange={(event) => edit({ amount: event.currentTarget.value })}
          />
          {draft.kind === "card" && (
            <Checkbox label={t("payments.keepCard")} description={t("payments.keepCardHint")} checked={draft.keep_card} onChange={(event) => edit({ keep_card: event.currentTarget.checked })} />
          )}
        </>
      )}
    </EditForm>
  );
}

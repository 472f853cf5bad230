import { Stack, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LedgerEntry } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { amount } from "../../format/money";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SidePanel } from "../../ui/SidePanel";
import { SmallTable } from "../../ui/SmallTable";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { NOUNS } from "./credits";

const KINDS = ["adjustment", "charge", "expiry", "grant", "purchase", "refund", "reversal"] as const;
const ACCOUNTS = ["adjustments", "expired", "funding", "lot", "owed", "usage"] as const;

/** The entries of the ledger, newest first. */
export function Entries({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const kindOf = (kind: string) => {
    const known = KINDS.find((one) => one === kind);
    return known === undefined ? kind : t(`credits.kind.${known}`);
  };
  const definition: ListDefinition<LedgerEntry> = {
    name: "credit-entries",
    tenant,
    where: {
      by: "api",
      load: ({ params, cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/credits/entries", { params: { path: { tenant }, query: { ...params, cursor } }, signal })),
    },
    columns: [
      { id: "seq", title: t("credits.seq"), text: ({ seq }) => String(seq), width: 0.5 },
      { id: "at", title: t("calls.at"), text: ({ at }) => moment(at), width: 2 },
      { id: "kind", title: t("credits.what"), text: ({ kind }) => kindOf(kind) },
      { id: "amount", title: t("credits.amount"), text: (entry) => amount(entry.amount, currency) },
      { id: "after", title: t("credits.after"), text: ({ balance_after }) => amount(balance_after, currency) },
      { id: "note", title: t("credits.note"), text: ({ note }) => note ?? "", width: 1.5 },
      { id: "actor", title: t("credits.by"), text: ({ actor }) => actor ?? "", isHidden: true, width: 1.5 },
      { id: "call", title: t("calls.one"), text: ({ call }) => call ?? "", isHidden: true, width: 1.5 },
    ],
    filters: [
      { id: "kind", title: t("credits.what"), choices: KINDS.map((value) => ({ value, label: t(`credits.kind.${value}`) })) },
      { id: "call", title: t("calls.one") },
    ],
    idOf: ({ seq }) => String(seq),
    nameOf: ({ seq, kind }) => `${kindOf(kind)} ${seq}`,
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ seq }) => String(seq) === view.open);
  const accountOf = (account: string) => {
    const known = ACCOUNTS.find((one) => one === account);
    return known === undefined ? account : t(`credits.account.${known}`);
  };
  return (
    <>
      <List definition={definition} empty={<p>{t("credits.noEntries")}</p>} />
      {open && (
        <SidePanel title={t("credits.entry", { seq: open.seq })} onClose={() => show({ open: "" })}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            <Title order={3} size="h5">
              {t("credits.postings")}
            </Title>
            <SmallTable
              label={t("credits.postings")}
              head={[t("credits.accountName"), t("credits.amount")]}
              rows={open.postings.map((posting) => ({
                id: `${posting.account} ${posting.lot ?? ""}`,
                cells: [accountOf(posting.account), amount(posting.amount, currency)],
              }))}
            />
          </Stack>
        </SidePanel>
      )}
    </>
  );
}

import { useTranslation } from "react-i18next";
import type { CreditLot } from "../../api/__generated__/schema";
import { queryClient } from "../../api/queries";
import { amount, microsOf } from "../../format/money";
import { instantOf, moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { NOUNS, lotsQuery } from "./credits";

const SOURCES = ["adjustment", "auto_recharge", "bank_transfer", "card", "grant", "refund", "voucher"] as const;

/** Credit that came in, in the order in which it is used. */
export function Lots({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const definition: ListDefinition<CreditLot> = {
    name: "credit-lots",
    tenant,
    where: { by: "page", load: async () => ({ items: await queryClient.fetchQuery({ ...lotsQuery(tenant), staleTime: 0 }) }) },
    columns: [
      { id: "at", title: t("credits.came"), text: ({ bought_at }) => moment(bought_at), order: ({ bought_at }) => instantOf(bought_at), width: 2 },
      {
        id: "source",
        title: t("credits.source"),
        text: ({ source }) => {
          const known = SOURCES.find((one) => one === source);
          return known === undefined ? source : t(`credits.sources.${known}`);
        },
      },
      { id: "amount", title: t("credits.amount"), text: (lot) => amount(lot.amount, currency), order: (lot) => microsOf(lot.amount) },
      { id: "remaining", title: t("credits.remaining"), text: ({ remaining }) => amount(remaining, currency), order: ({ remaining }) => microsOf(remaining) },
      { id: "expires", title: t("credits.expires"), text: ({ expires_at }) => (expires_at == null ? t("credits.never") : moment(expires_at)), order: ({ expires_at }) => instantOf(expires_at) ?? Number.POSITIVE_INFINITY, width: 2 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ bought_at }) => moment(bought_at),
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  return (
    <>
      <List definition={definition} empty={<p>{t("credits.noLots")}</p>} />
      {open && (
        <SidePanel title={t("credits.lot")} onClose={() => show({ open: "" })}>
          <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </>
  );
}

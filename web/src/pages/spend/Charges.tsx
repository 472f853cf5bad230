import { Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Charge } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { amount } from "../../format/money";
import { duration, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SidePanel } from "../../ui/SidePanel";
import { SmallTable } from "../../ui/SmallTable";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { usePayer } from "./payer";

const DIRECTIONS = ["outbound", "toll_free_inbound"] as const;

/** Calls that cost something, one by one, each with who paid which seconds. */
export function Charges() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const payer = usePayer();
  const { view, show } = useView();
  const directionOf = ({ direction }: Charge) => {
    const known = DIRECTIONS.find((one) => one === direction);
    return known === undefined ? direction : t(`spend.directions.${known}`);
  };
  const definition: ListDefinition<Charge> = {
    name: "charges",
    tenant,
    where: {
      by: "api",
      load: ({ params, cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/credits/charges", { params: { path: { tenant }, query: { ...params, cursor } }, signal })),
    },
    columns: [
      { id: "at", title: t("spend.answered"), text: ({ answered_at }) => moment(answered_at), width: 2 },
      { id: "from", title: t("calls.from"), text: ({ from }) => from },
      { id: "to", title: t("calls.to"), text: ({ to }) => to, width: 1.2 },
      { id: "direction", title: t("calls.direction"), text: directionOf },
      { id: "destination", title: t("spend.bys.destination"), text: ({ destination }) => destination ?? "", width: 1.3 },
      { id: "time", title: t("spend.time"), text: ({ seconds, finished }) => (finished ? duration(seconds) : t("spend.goesOn", { time: duration(seconds) })) },
      { id: "amount", title: t("spend.amount"), text: (charge) => (charge.unrated ? t("spend.payer.not_rated") : amount(charge.amount, charge.currency)) },
      { id: "country", title: t("numbers.country"), text: ({ country }) => country ?? "", isHidden: true },
      { id: "prefix", title: t("decks.prefix"), text: ({ prefix }) => prefix ?? "", isHidden: true },
    ],
    filters: [
      { id: "user", title: t("people.extension") },
      { id: "direction", title: t("calls.direction"), choices: DIRECTIONS.map((value) => ({ value, label: t(`spend.directions.${value}`) })) },
    ],
    idOf: ({ call, direction }) => `${call}-${direction}`,
    nameOf: ({ from, to, answered_at }) => `${from} ${to} ${moment(answered_at)}`,
    nouns: ["wallet", "call"],
  };
  const open = useRows(definition, view).rows.find((charge) => definition.idOf(charge) === view.open);
  return (
    <>
      <p>
        <a href={paths.chargesFile(tenant)} download="calls.csv">
          {t("spend.export")}
        </a>
      </p>
      <List definition={definition} empty={<p>{t("spend.noCalls")}</p>} />
      {open !== undefined && (
        <SidePanel title={t("calls.one")} onClose={() => show({ open: "" })}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            <Title order={3} size="h5">
              {t("spend.whoPaid")}
            </Title>
            <SmallTable
              label={t("spend.whoPaid")}
              head={[t("spend.seconds"), t("spend.counted"), t("spend.paidBy"), t("spend.amount")]}
              rows={open.segments.map((segment) => ({
                id: String(segment.no),
                cells: [
                  `${segment.from_second}–${segment.to_second}`,
                  duration(segment.billed_seconds),
                  `${payer(segment.source)}${segment.plan == null ? "" : ` (${segment.plan})`}`,
                  amount(segment.amount, open.currency),
                ],
              }))}
            />
            {may("call_records.read") && (
              <Link to={paths.section(tenant, "call-records")} search={{ open: open.call }}>
                {t("spend.openCall")}
              </Link>
            )}
          </Stack>
        </SidePanel>
      )}
    </>
  );
}

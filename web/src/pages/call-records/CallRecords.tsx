import { useTranslation } from "react-i18next";
import type { CallDirection, CallRecord } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { duration, moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition, Params } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { CallPanel } from "./CallPanel";
import { LOOKS, RESULTS } from "./results";

const DIRECTIONS = ["inbound", "outbound", "internal"] as const satisfies readonly CallDirection[];

/** The calls that were. */
export function CallRecords() {
  const { t } = useTranslation();
  const { view, show } = useView();
  return (
    <Page title={t("section.call-records")}>
      <List definition={useDefinition()} empty={<p>{t("calls.empty")}</p>} />
      {view.open !== "" && <CallPanel id={view.open} onClose={() => show({ open: "" })} />}
    </Page>
  );
}

function useDefinition(): ListDefinition<CallRecord> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "call-records",
    tenant,
    where: {
      by: "api",
      load: ({ params, cursor, signal }) => {
        const query = { ...params, ...typed(params), cursor };
        return answer(api.GET("/api/v1/tenants/{tenant}/call-records", { params: { path: { tenant }, query }, signal }));
      },
    },
    columns: [
      { id: "at", title: t("calls.at"), text: ({ started_at }) => moment(started_at), sort: "started_at", width: 2.3 },
      {
        id: "from",
        title: t("calls.from"),
        text: ({ from, from_name }) => (from_name ? `${from_name} (${from})` : from),
        width: 1.5,
      },
      { id: "to", title: t("calls.to"), text: ({ to }) => to, width: 1.4 },
      { id: "direction", title: t("calls.direction"), text: ({ direction }) => t(`calls.directions.${direction}`) },
      { id: "path", title: t("calls.path"), text: ({ path }) => path.map(placeOfStep).filter((place) => place !== undefined).join(" → "), width: 1.4 },
      {
        id: "result",
        title: t("calls.result"),
        text: ({ result }) => t(`calls.results.${result}`),
        cell: ({ result }) => <State is={LOOKS[result]}>{t(`calls.results.${result}`)}</State>,
      },
      { id: "answeredBy", title: t("calls.answeredBy"), text: ({ answered_by }) => answered_by ?? "" },
      {
        id: "talk",
        title: t("calls.talk"),
        text: ({ talk_seconds }) => duration(talk_seconds),
        sort: "talk_seconds",
        width: 0.7,
      },
      { id: "reason", title: t("calls.reason"), text: ({ reason }) => reason ?? "", isHidden: true, width: 1.5 },
    ],
    filters: [
      { id: "from", title: t("calls.from") },
      { id: "to", title: t("calls.to") },
      {
        id: "result",
        title: t("calls.result"),
        choices: RESULTS.map((value) => ({ value, label: t(`calls.results.${value}`) })),
      },
      {
        id: "direction",
        title: t("calls.direction"),
        choices: DIRECTIONS.map((value) => ({ value, label: t(`calls.directions.${value}`) })),
      },
      { id: "answered_by", title: t("calls.answeredBy") },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ from, to, started_at }) => `${from} ${to} ${moment(started_at)}`,
    nouns: ["call"],
  };
}

/** Where a call was; undefined for what happened to it there. */
export function placeOfStep(step: CallRecord["path"][number]): string | undefined {
  switch (step.type) {
    case "recorded":
    case "supervised":
      return undefined;
    case "transferred":
      return step.to;
    default:
      return step.name;
  }
}

function typed({ result, direction }: Params) {
  return {
    result: RESULTS.find((known) => known === result),
    direction: DIRECTIONS.find((known) => known === direction),
  };
}

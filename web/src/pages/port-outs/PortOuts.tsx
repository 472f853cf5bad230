import { useTranslation } from "react-i18next";
import type { PortOut } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { Answer } from "./Answer";
import { PortingPin } from "./PortingPin";
import { LOOKS, STATES } from "./states";

/** Port-outs: numbers that other carriers ask for. Those of which nobody says anything stay. */
export function PortOuts() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const definition: ListDefinition<PortOut> = {
    name: "port-outs",
    tenant,
    where: {
      by: "api",
      load: ({ params: { state }, cursor, signal }) => {
        const query = { state: STATES.find((one) => one === state), cursor };
        return answer(api.GET("/api/v1/tenants/{tenant}/port-outs", { params: { path: { tenant }, query }, signal }));
      },
    },
    columns: [
      { id: "carrier", title: t("portOuts.carrier"), text: ({ gaining_carrier }) => gaining_carrier, width: 1.4 },
      {
        id: "state",
        title: t("live.state"),
        text: ({ state }) => t(`portOuts.state.${state}`),
        cell: ({ state }) => <State is={LOOKS[state]}>{t(`portOuts.state.${state}`)}</State>,
      },
      { id: "numbers", title: t("ports.numbers"), text: ({ n_numbers }) => String(n_numbers), width: 0.7 },
      { id: "until", title: t("portOuts.answerBy"), text: ({ answer_by }) => moment(answer_by), width: 1.6 },
      { id: "date", title: t("ports.date"), text: ({ requested_date }) => requested_date ?? "" },
      { id: "reference", title: t("portOuts.reference"), text: ({ reference }) => reference ?? "" },
      { id: "at", title: t("requests.asked"), text: ({ created_at }) => moment(created_at), width: 1.6, isHidden: true },
    ],
    filters: [{ id: "state", title: t("live.state"), choices: STATES.map((value) => ({ value, label: t(`portOuts.state.${value}`) })) }],
    idOf: ({ id }) => id,
    nameOf: ({ gaining_carrier, created_at }) => `${gaining_carrier} ${moment(created_at)}`,
    nouns: ["port_out"],
  };
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  return (
    <Page title={t("section.port-outs")}>
      <PortingPin />
      <List definition={definition} empty={<p>{t("portOuts.empty")}</p>} />
      {open !== undefined && (
        <SidePanel title={t("portOuts.one", { carrier: open.gaining_carrier })} onClose={() => show({ open: "" })}>
          <Answer request={open} facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </Page>
  );
}

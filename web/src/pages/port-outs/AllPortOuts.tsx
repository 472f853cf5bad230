import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { QueuedPortOut } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay, useMe } from "../../session/me";
import { tenantsQuery } from "../../session/tenants";
import { SERVER } from "../../shell/provider";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { LOOKS, STATES } from "./states";

const NOUNS = ["port_out"] as const;

/** What other carriers ask of all organizations, and how far it is. */
export function AllPortOuts() {
  const { t } = useTranslation();
  const mayWrite = useMay()("ports.write");
  const { view, show } = useView();
  const { data: tenants = [] } = useQuery(tenantsQuery(useMe()));
  const definition: ListDefinition<QueuedPortOut> = {
    name: "all-port-outs",
    tenant: SERVER,
    where: {
      by: "api",
      load: ({ params: { state }, cursor, signal }) =>
        answer(api.GET("/api/v1/port-outs", { params: { query: { state: STATES.find((one) => one === state), cursor } }, signal })),
    },
    columns: [
      { id: "tenant", title: t("shell.tenant"), text: ({ tenant }) => tenants.find(({ id, slug }) => id === tenant || slug === tenant)?.name ?? tenant, width: 1.4 },
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
    ],
    filters: [{ id: "state", title: t("live.state"), choices: STATES.map((value) => ({ value, label: t(`portOuts.state.${value}`) })) }],
    idOf: ({ id }) => id,
    nameOf: ({ gaining_carrier, created_at }) => `${gaining_carrier} ${moment(created_at)}`,
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  const report = (request: string, state: "ported" | "cancelled") =>
    answer(api.POST("/api/v1/port-outs/{request}/status", { params: { path: { request } }, body: { state } }));
  const changed = () => outdate(SERVER, new Set(NOUNS));
  return (
    <Page title={t("provider.port-outs")}>
      <List definition={definition} empty={<p>{t("portOuts.empty")}</p>} />
      {open !== undefined && (
        <SidePanel title={t("portOuts.one", { carrier: open.gaining_carrier })} onClose={() => show({ open: "" })}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            {mayWrite && (open.state === "pending" || open.state === "authorized") && (
              <>
                <Text size="sm">{t("portOuts.reportHint")}</Text>
                <Group align="flex-start">
                  <ActionButton disabled={open.state !== "authorized"} act={() => report(open.id, "ported")} onDone={changed}>
                    {t("portOuts.ported")}
                  </ActionButton>
                  <ActionButton color="red" variant="outline" act={() => report(open.id, "cancelled")} onDone={changed}>
                    {t("portOuts.cancelled")}
                  </ActionButton>
                </Group>
              </>
            )}
          </Stack>
        </SidePanel>
      )}
    </Page>
  );
}

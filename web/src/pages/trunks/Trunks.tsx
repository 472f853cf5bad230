import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Trunk, TrunkHealth } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { NewTrunk } from "./NewTrunk";
import { TrunkPanel } from "./TrunkPanel";
import { LOOKS } from "./health";

/** The ways to and from the public network. */
export function Trunks() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = may("trunks.write") && <Button onClick={() => show({ open: "new" })}>{t("trunks.add")}</Button>;
  return (
    <Page title={t("section.trunks")} actions={add}>
      <List<Row>
        definition={useDefinition()}
        remove={
          may("trunks.write") && {
            act: ({ id }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/trunks/{trunk}", { params: { path: { tenant, trunk: id } } })),
            effect: t("trunks.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["trunk"])),
          }
        }
        empty={
          <>
            <p>{t("trunks.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("trunks.add")} onClose={close}>
          <NewTrunk onDone={close} />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && <TrunkPanel id={view.open} onClose={close} />}
    </Page>
  );
}

/** A trunk, and whether it can be reached. */
type Row = Trunk & { health: TrunkHealth | undefined };

function useDefinition(): ListDefinition<Row> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const stateOf = ({ enabled, health }: Row) =>
    enabled && health !== undefined ? t(`trunks.states.${health.state}`) : enabled ? t("trunks.on") : t("trunks.off");
  const lookOf = ({ enabled, health }: Row) => (enabled ? (health === undefined ? "fine" : LOOKS[health.state]) : "quiet");
  return {
    name: "trunks",
    tenant,
    where: {
      by: "page",
      load: async ({ cursor, signal }) => {
        const path = { tenant };
        const [page, health] = await Promise.all([
          answer(api.GET("/api/v1/tenants/{tenant}/trunks", { params: { path, query: { cursor } }, signal })),
          answer(api.GET("/api/v1/tenants/{tenant}/trunks/health", { params: { path }, signal })),
        ]);
        const byId = new Map(health.items.map((one) => [one.id, one]));
        return { ...page, items: page.items.map((trunk) => ({ ...trunk, health: byId.get(trunk.id) })) };
      },
    },
    columns: [
      { id: "name", title: t("trunks.name"), text: ({ name }) => name, width: 1.4 },
      {
        id: "state",
        title: t("trunks.state"),
        text: stateOf,
        cell: (trunk) => <State is={lookOf(trunk)}>{stateOf(trunk)}</State>,
        width: 1.2,
      },
      { id: "since", title: t("trunks.since"), text: ({ health }) => moment(health?.since), order: ({ health }) => instantOf(health?.since), isHidden: true, width: 1.6 },
      { id: "calls", title: t("live.calls"), text: ({ health, calls_max }) => (health ? `${health.calls}${calls_max == null ? "" : `/${calls_max}`}` : ""), width: 0.7 },
      { id: "host", title: t("trunks.host"), text: ({ host, port }) => (port ? `${host}:${port}` : host), width: 1.5 },
      { id: "transport", title: t("trunks.transport"), text: ({ transport }) => transport.toUpperCase() },
      { id: "srtp", title: t("trunks.srtp"), text: ({ srtp }) => t(`trunks.srtps.${srtp}`) },
      { id: "sources", title: t("trunks.sources"), text: ({ sources }) => sources.join(", "), width: 1.4 },
      {
        id: "registration",
        title: t("trunks.registration"),
        text: ({ health }) => {
          const told = health?.registration;
          return told == null ? "" : t(`trunks.registrations.${told.state}`, { until: moment(told.until), status: told.status ?? "" });
        },
        width: 1.6,
      },
      { id: "priority", title: t("trunks.whole.priority"), text: ({ priority }) => String(priority ?? ""), isHidden: true, width: 0.5 },
      { id: "codecs", title: t("trunks.codecs"), text: ({ codecs }) => codecs.join(", "), isHidden: true },
      { id: "country", title: t("trunks.country"), text: ({ country }) => country ?? "", isHidden: true },
      { id: "description", title: t("trunks.description"), text: ({ description }) => description ?? "", isHidden: true },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["trunk", "call"],
  };
}

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CallQueue, LiveQueue } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { duration, ownZone } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { QueuePanel } from "./QueuePanel";
import { figure } from "../reports/format";
import { USUAL } from "./draft";

/** The call queues of an organization. */
export function Queues() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const add = may("call_queues.write") && (
    <Button component={Link} to={paths.newQueue(tenant)}>
      {t("queues.add")}
    </Button>
  );
  return (
    <Page title={t("section.queues")} actions={add}>
      <List<Row>
        definition={useDefinition()}
        remove={
          may("call_queues.write") && {
            act: ({ id = "" }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/call-queues/{queue}", { params: { path: { tenant, queue: id } } })),
            effect: t("queues.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["call_queue"])),
          }
        }
        empty={
          <>
            <p>{t("queues.empty")}</p>
            {add}
          </>
        }
      />
      {view.open !== "" && <QueuePanel id={view.open} onClose={() => show({ open: "" })} />}
    </Page>
  );
}

/** A queue, with what goes on in it for whoever may see that. */
type Row = CallQueue & { live: LiveQueue | undefined };

function useDefinition(): ListDefinition<Row> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const maySee = may("call_records.read");
  return {
    name: "queues",
    tenant,
    where: {
      by: "page",
      load: async ({ cursor, signal }) => {
        const path = { tenant };
        const [page, live] = await Promise.all([
          answer(api.GET("/api/v1/tenants/{tenant}/call-queues", { params: { path, query: { cursor } }, signal })),
          maySee ? answer(api.GET("/api/v1/tenants/{tenant}/reports/live", { params: { path, query: { time_zone: ownZone() } }, signal })) : undefined,
        ]);
        const byId = new Map(live?.queues.map((queue) => [queue.queue, queue]));
        return { ...page, items: page.items.map((queue) => ({ ...queue, live: byId.get(queue.id ?? "") })) };
      },
    },
    columns: [
      { id: "name", title: t("queues.name"), text: ({ name }) => name, width: 1.5 },
      {
        id: "routing",
        title: t("queues.routing"),
        text: ({ routing = USUAL.routing }) => t(`queues.routings.${routing}`),
        width: 1.3,
      },
      {
        id: "agents",
        title: t("queues.agents"),
        text: ({ agents = [], live }) =>
          live ? `${live.agents.filter(({ status }) => status === "idle").length}/${live.agents.length}` : String(agents.length),
        width: 0.8,
      },
      { id: "waiting", title: t("live.waiting"), text: ({ live }) => String(live?.calls_waiting ?? ""), width: 0.8 },
      { id: "level", title: t("wallboard.level"), text: ({ live }) => (live ? figure(live.total.sl_met_no_abandon, "share") : ""), order: ({ live }) => live?.total.sl_met_no_abandon ?? undefined, width: 0.9 },
      { id: "abandoned", title: t("wallboard.abandoned"), text: ({ live }) => String(live?.total.tot_abandoned_calls ?? ""), width: 0.9 },
      { id: "groups", title: t("queues.groups"), text: ({ groups = [] }) => String(groups.length), isHidden: true },
      {
        id: "alert",
        title: t("queues.alertShort"),
        text: ({ agent_alert_seconds = USUAL.agent_alert_seconds }) => duration(agent_alert_seconds),
        order: ({ agent_alert_seconds = USUAL.agent_alert_seconds }) => agent_alert_seconds,
        isHidden: true,
      },
      {
        id: "timeout",
        title: t("queues.timeoutShort"),
        text: ({ timeout_seconds = USUAL.timeout_seconds }) => duration(timeout_seconds),
        order: ({ timeout_seconds = USUAL.timeout_seconds }) => timeout_seconds,
      },
      { id: "language", title: t("flow.language"), text: ({ language }) => language, isHidden: true },
    ],
    idOf: ({ id = "" }) => id,
    nameOf: ({ name }) => name,
    nouns: ["call_queue", "call", "presence"],
  };
}

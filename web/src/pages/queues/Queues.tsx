import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CallQueue } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { duration } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { QueuePanel } from "./QueuePanel";
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
      <List<CallQueue>
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

function useDefinition(): ListDefinition<CallQueue> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "queues",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(
          api.GET("/api/v1/tenants/{tenant}/call-queues", { params: { path: { tenant }, query: { cursor } }, signal }),
        ),
    },
    columns: [
      { id: "name", title: t("queues.name"), text: ({ name }) => name, width: 1.5 },
      {
        id: "routing",
        title: t("queues.routing"),
        text: ({ routing = USUAL.routing }) => t(`queues.routings.${routing}`),
        width: 1.3,
      },
      { id: "agents", title: t("queues.agents"), text: ({ agents = [] }) => String(agents.length) },
      { id: "groups", title: t("queues.groups"), text: ({ groups = [] }) => String(groups.length) },
      {
        id: "alert",
        title: t("queues.alertShort"),
        text: ({ agent_alert_seconds = USUAL.agent_alert_seconds }) => duration(agent_alert_seconds),
      },
      {
        id: "timeout",
        title: t("queues.timeoutShort"),
        text: ({ timeout_seconds = USUAL.timeout_seconds }) => duration(timeout_seconds),
      },
      { id: "language", title: t("flow.language"), text: ({ language }) => language, isHidden: true },
    ],
    idOf: ({ id = "" }) => id,
    nameOf: ({ name }) => name,
    nouns: ["call_queue"],
  };
}

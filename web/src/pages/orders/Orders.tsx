import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Order, OrderState } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf, outdate } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import classes from "../webhooks/Webhooks.module.css";

const LOOKS = { queued: "quiet", running: "quiet", succeeded: "fine", failed: "bad", partly_failed: "warned" } as const satisfies Record<OrderState, string>;
const LINES_MAX = 200;

/** Orders: long work, such as imports and purchases, with what became of each line. */
export function Orders() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const definition: ListDefinition<Order> = {
    name: "orders",
    tenant,
    where: {
      by: "api",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/orders", { params: { path: { tenant }, query: { cursor } }, signal })),
    },
    columns: [
      { id: "at", title: t("orders.at"), text: ({ created_at }) => moment(created_at), width: 1.5 },
      { id: "kind", title: t("orders.kind"), text: ({ kind }) => t(`orders.kinds.${kind}`), width: 1.4 },
      {
        id: "state",
        title: t("live.state"),
        text: ({ state }) => t(`orders.states.${state}`),
        cell: ({ state }) => <State is={LOOKS[state]}>{t(`orders.states.${state}`)}</State>,
      },
      { id: "lines", title: t("orders.lines"), text: ({ done, total }) => `${done}/${total}`, width: 0.7 },
      { id: "failed", title: t("orders.failed"), text: ({ failed }) => String(failed), width: 0.7 },
      { id: "by", title: t("orders.by"), text: ({ created_by }) => created_by },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ kind, created_at }) => `${kind} ${moment(created_at)}`,
    nouns: ["order"],
  };
  return (
    <Page title={t("section.orders")}>
      <List definition={definition} empty={<p>{t("orders.empty")}</p>} />
      {view.open !== "" && (
        <SidePanel title={t("orders.one")} onClose={() => show({ open: "" })}>
          <OrderDetails id={view.open} />
        </SidePanel>
      )}
    </Page>
  );
}

function OrderDetails({ id }: { id: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, order: id } };
  const order = useQuery({
    queryKey: keyOf(tenant, "order", id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/orders/{order}", { params })),
    meta: { nouns: ["order"] },
  });
  const failed = useQuery({
    queryKey: keyOf(tenant, "order-lines", id),
    queryFn: () =>
      everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/orders/{order}/lines", { params: { ...params, query: { cursor, state: "failed" } } })), LINES_MAX),
    meta: { nouns: ["order"] },
  });
  const changed = () => outdate(tenant, new Set(["order", "number", "user"]));
  if (order.data === undefined) return <ProblemNotice error={order.error} />;
  const { kind, state, total, done, created_at, finished_at, created_by, undone_by } = order.data;
  const isImport = kind === "number_import" && state !== "queued" && state !== "running" && undone_by == null && !order.data.dry_run;
  return (
    <Stack>
      <Facts
        facts={[
          [t("orders.kind"), t(`orders.kinds.${kind}`)],
          [t("live.state"), t(`orders.states.${state}`)],
          [t("orders.lines"), `${done}/${total}`],
          [t("orders.at"), moment(created_at)],
          [t("orders.finished"), moment(finished_at)],
          [t("orders.by"), created_by],
        ]}
      />
      <ul className={classes.rows}>
        {failed.data?.map(({ line, error }) => (
          <li key={line}>
            <span>
              {t("import.line", { line })} {error?.message} {error?.fix}
            </span>
          </li>
        ))}
      </ul>
      {may("orders.write") && order.data.failed > 0 && (
        <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/orders/{order}/retry", { params }))} onDone={changed}>
          {t("orders.retry")}
        </ActionButton>
      )}
      {may("orders.write") && isImport && (
        <>
          <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/orders/{order}/undo", { params }))} onDone={changed}>
            {t("orders.undo")}
          </ActionButton>
          <Text size="sm">{t("orders.undoEffect")}</Text>
        </>
      )}
    </Stack>
  );
}

import { Alert, List, Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Order, OrderKind } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { OrderLines } from "./OrderLines";

const LOOK_MILLIS = 1_000;

/** Orders whose lines are those of a file. */
const IMPORTS: readonly OrderKind[] = ["user_import", "number_import"];

/** How far an order is, until it is done. */
export function OrderProgress({ order: begun }: { order: Order }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data: order = begun } = useQuery({
    queryKey: keyOf(tenant, "order", begun.id),
    queryFn: () =>
      answer(api.GET("/api/v1/tenants/{tenant}/orders/{order}", { params: { path: { tenant, order: begun.id } } })),
    initialData: begun,
    refetchInterval: ({ state }) => (isDone(state.data) ? false : LOOK_MILLIS),
  });
  const { total, done, failed } = order;
  return (
    <Alert
      role="status"
      variant="outline"
      color={failed > 0 ? "orange" : "green"}
      title={t(`order.${order.state}`, { done, total, failed })}
    >
      {!isDone(order) && <Progress aria-label={t("order.progress")} value={total === 0 ? 0 : (100 * done) / total} />}
      {isDone(order) && IMPORTS.includes(order.kind) ? <OrderLines order={order.id} /> : <Failures order={order} />}
    </Alert>
  );
}

function Failures({ order: { errors } }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <List size="sm">
      {errors?.map(({ line, message, fix }) => (
        <List.Item key={`${line} ${message}`}>
          {t("import.line", { line })} {message}. {fix}
        </List.Item>
      ))}
    </List>
  );
}

function isDone(order: Order | undefined): boolean {
  return order !== undefined && order.state !== "queued" && order.state !== "running";
}

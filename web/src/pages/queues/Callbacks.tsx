import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CallbackState } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";

const LOOKS = { waiting: "warned", reached: "fine", failed: "bad", expired: "quiet", cancelled: "quiet" } as const satisfies Record<CallbackState, string>;
/** As many as somebody reads beside a list; those who wait come first. */
const SHOWN_MAX = 50;
const NOUNS = ["callback", "call_queue"] as const;

/** Callers who gave up the line and are called back, and what became of those before; nothing where nobody asked for it. */
export function Callbacks({ queue }: { queue: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, queue } };
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "callbacks", queue),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/call-queues/{queue}/callbacks", { params: { ...params, query: { limit: SHOWN_MAX } } })),
    meta: { nouns: NOUNS },
  });
  if (error === null && (data === undefined || data.items.length === 0)) return null;
  return (
    <Stack gap="xs" role="group" aria-label={t("queues.callbacks")}>
      <Title order={3} size="h5">
        {t("queues.callbacks")}
      </Title>
      <ProblemNotice error={error} />
      {data?.items.map(({ id, number, state, asked_at: at, attempts, next_attempt_at: next }) => (
        <Group key={id} justify="space-between" gap="xs">
          <div>
            <strong>{number}</strong> <State is={LOOKS[state]}>{t(`queues.callbackState.${state}`)}</State>
            <Text size="sm">{t("queues.callbackAsked", { at: moment(at), attempts })}</Text>
            {state === "waiting" && next != null && <Text size="sm">{t("queues.callbackNext", { at: moment(next) })}</Text>}
          </div>
          {state === "waiting" && may("call_queues.act") && (
            <ActionButton
              size="compact-sm"
              variant="default"
              act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/call-queues/{queue}/callbacks/{callback}", { params: { path: { ...params.path, callback: id } } }))}
              onDone={() => outdate(tenant, new Set(NOUNS))}
            >
              {t("queues.callbackCancel", { number })}
            </ActionButton>
          )}
        </Group>
      ))}
    </Stack>
  );
}

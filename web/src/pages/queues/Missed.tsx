import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { duration, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { wordOf } from "./missed";

/** As many as somebody reads beside a list. */
const SHOWN_MAX = 20;
const NOUNS = ["call", "queue_call"] as const;

/** Calls that nobody took, the latest first, and who took care of them since; nothing where none was missed. */
export function Missed({ queue }: { queue: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "queue-missed", queue),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/call-queues/{queue}/calls", { params: { path: { tenant, queue }, query: { kind: "missed", limit: SHOWN_MAX } } })),
    enabled: may("call_queues.read"),
    meta: { nouns: NOUNS },
  });
  const calls = data?.items ?? [];
  if (calls.length === 0) return <ProblemNotice error={error} />;
  return (
    <Stack gap="xs" role="group" aria-labelledby="missed">
      <Title order={3} size="h5" id="missed">
        {t("queues.missed")}
      </Title>
      {calls.map((call) => {
        const params = { path: { tenant, queue, call: call.call } };
        const word = wordOf(call.result);
        const isHandled = call.handled_at != null;
        return (
          <Group key={call.call} justify="space-between" align="flex-start" wrap="nowrap">
            <div>
              <Link to={paths.section(tenant, "call-records")} search={{ open: call.call }}>
                {call.from_name ?? call.from}
              </Link>{" "}
              <State is={isHandled ? "fine" : "warned"}>{isHandled ? t("queues.handled", { by: call.handled_by ?? "" }) : word === undefined ? call.result : t(`queues.missedResult.${word}`)}</State>
              <Text size="sm" c="dimmed">
                {t("queues.missedAt", { at: moment(call.at), time: duration(call.waited_seconds) })}
              </Text>
            </div>
            {may("call_queues.act") && (
              <ActionButton
                size="compact-xs"
                variant="default"
                act={() =>
                  isHandled
                    ? answer(api.POST("/api/v1/tenants/{tenant}/call-queues/{queue}/calls/{call}/reopen", { params }))
                    : answer(api.POST("/api/v1/tenants/{tenant}/call-queues/{queue}/calls/{call}/handle", { params }))
                }
                onDone={() => outdate(tenant, new Set(NOUNS))}
              >
                {t(isHandled ? "queues.reopen" : "queues.handle")}
              </ActionButton>
            )}
          </Group>
        );
      })}
    </Stack>
  );
}

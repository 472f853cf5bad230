import { Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PortOut } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { useDraft } from "../../ui/form/draft";
import { Timeline } from "../port-orders/Timeline";
import { LOOKS, REASONS, named } from "./states";

/** What another carrier asks for, number by number, and the answer to it. */
export function Answer({ request, facts }: { request: PortOut; facts: readonly (readonly [string, string])[] }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const mayWrite = useMay()("ports.write");
  const params = { path: { tenant, request: request.id } };
  const numbers = useQuery({
    queryKey: keyOf(tenant, "port-out-numbers", request.id),
    queryFn: () =>
      everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/port-outs/{request}/numbers", { params: { ...params, query: { cursor, limit: 1000 } } }))),
    meta: { nouns: ["port_out"] },
  });
  const steps = useQuery({
    queryKey: keyOf(tenant, "port-out-timeline", request.id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/port-outs/{request}/timeline", { params })),
    meta: { nouns: ["port_out"] },
  });
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const { draft, edit } = useDraft<{ reason: (typeof REASONS)[number]; note: string }>({ reason: "not_authorized", note: "" });
  const pending = (numbers.data ?? []).filter(({ state }) => state === "pending").map(({ number }) => number);
  const chosen = pending.filter((number) => !left.has(number));
  const changed = () => outdate(tenant, new Set(["port_out", "number"]));
  const toggle = (number: string) => {
    const next = new Set(left);
    if (!next.delete(number)) next.add(number);
    setLeft(next);
  };
  const mayAnswer = mayWrite && request.may_answer && pending.length > 0;
  return (
    <Stack>
      <Facts facts={facts} />
      <Title order={3} size="h5">
        {t("ports.numbers")}
      </Title>
      <ProblemNotice error={numbers.error} />
      <Stack gap={4}>
        {numbers.data?.map(({ number, state, reason, note }) => (
          <Group key={number} gap="sm">
            {mayAnswer && state === "pending" ? (
              <Checkbox label={number} checked={!left.has(number)} onChange={() => toggle(number)} />
            ) : (
              <Text size="sm">{number}</Text>
            )}
            <State is={LOOKS[state]}>{t(`portOuts.state.${state}`)}</State>
            {reason && <Text size="sm">{t(`portOuts.reason.${reason}`)}</Text>}
            {note && <Text size="sm">{note}</Text>}
          </Group>
        ))}
      </Stack>
      {mayAnswer && (
        <Stack gap="sm" role="group" aria-label={t("portOuts.answer")}>
          <Text size="sm">{t("portOuts.effect")}</Text>
          <ActionButton
            disabled={chosen.length === 0}
            act={() => answer(api.POST("/api/v1/tenants/{tenant}/port-outs/{request}/authorize", { params, body: { numbers: named(chosen, pending) } }))}
            onDone={changed}
          >
            {t("portOuts.authorize", { count: chosen.length })}
          </ActionButton>
          <NativeSelect
            label={t("portOuts.why")}
            value={draft.reason}
            onChange={({ currentTarget: { value } }) => edit({ reason: REASONS.find((one) => one === value) ?? draft.reason })}
            data={REASONS.map((value) => ({ value, label: t(`portOuts.reason.${value}`) }))}
          />
          <TextInput label={t("portOuts.note")} value={draft.note} onChange={(event) => edit({ note: event.currentTarget.value })} />
          <ActionButton
            color="red"
            variant="outline"
            disabled={chosen.length === 0}
            act={() => {
              const body = { reason: draft.reason, note: draft.note.trim() === "" ? null : draft.note.trim(), numbers: named(chosen, pending) };
              return answer(api.POST("/api/v1/tenants/{tenant}/port-outs/{request}/reject", { params, body }));
            }}
            onDone={changed}
          >
            {t("portOuts.reject", { count: chosen.length })}
          </ActionButton>
        </Stack>
      )}
      <Timeline steps={steps.data?.items ?? []} />
    </Stack>
  );
}

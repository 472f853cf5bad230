import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { peopleOf } from "../../choices/people";
import { amount } from "../../format/money";
import { sentence } from "../../format/sentence";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SmallTable } from "../../ui/SmallTable";
import { State } from "../../ui/State";
import { type RuleDraft, bodyOf } from "./draft";

/** Tells what a rule would have done with the calls of the last thirty days, before it stops any. */
export function Trial({ draft, currency }: { draft: RuleDraft; currency: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const trying = useMutation({
    mutationFn: async () => {
      const told = await answer(api.POST("/api/v1/tenants/{tenant}/credits/fraud-trial", { params: { path: { tenant } }, body: bodyOf(draft) }));
      const callers = await peopleOf(tenant, [...new Set(told.examples.flatMap(({ user }) => (user == null ? [] : [user])))]);
      return { ...told, callers };
    },
  });
  const told = trying.data;
  return (
    <Stack gap="xs">
      <Button variant="default" w="fit-content" loading={trying.isPending} onClick={() => trying.mutate()}>
        {t("fraud.try")}
      </Button>
      <ProblemNotice error={trying.error} />
      {told && (
        <Text size="sm" role="status">
          <State is={told.refused === 0 ? "fine" : "warned"}>
            {t("fraud.tried", { refused: told.refused, calls: told.calls, amount: amount(told.saved, currency) })}
          </State>
        </Text>
      )}
      {told && told.examples.length > 0 && (
        <SmallTable
          label={t("fraud.examples")}
          head={[t("calls.at"), t("calls.from"), t("calls.to"), t("spend.amount"), t("fraud.why")]}
          rows={told.examples.map((hit) => ({
            id: `${hit.at} ${hit.to}`,
            cells: [
              moment(hit.at),
              told.callers.find(({ id }) => id === hit.user)?.label ?? "–",
              hit.to,
              amount(hit.amount, currency),
              sentence(hit.why),
            ],
          }))}
        />
      )}
    </Stack>
  );
}

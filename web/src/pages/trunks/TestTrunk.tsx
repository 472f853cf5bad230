import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";

/** Tests whether the other side can be reached, step by step. Nothing is called. */
export function TestTrunk({ trunk }: { trunk: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const testing = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/tenants/{tenant}/trunks/{trunk}/test", { params: { path: { tenant, trunk } } })),
  });
  return (
    <Stack gap="xs" align="flex-start">
      <Button variant="default" loading={testing.isPending} onClick={() => testing.mutate()}>
        {t("trunks.test")}
      </Button>
      <ProblemNotice error={testing.error} />
      {testing.data && (
        <Text size="sm" role="status">
          <State is={testing.data.passed ? "fine" : "bad"}>{testing.data.passed ? t("trunks.passed") : t("trunks.notPassed")}</State>
        </Text>
      )}
      {testing.data?.steps.map(({ step, passed, detail, fix }) => (
        <Text key={step} size="sm">
          <State is={passed ? "fine" : "bad"}>{sentence(detail)}</State> {fix ? sentence(fix) : ""}
        </Text>
      ))}
    </Stack>
  );
}

import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SmallTable } from "../../ui/SmallTable";
import { State } from "../../ui/State";

const STEPS = ["address", "connection", "certificate", "options", "registration"] as const;

/** Tests whether the other side can be reached, step by step. Nothing is called. */
export function TestTrunk({ trunk }: { trunk: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const testing = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/tenants/{tenant}/trunks/{trunk}/test", { params: { path: { tenant, trunk } } })),
  });
  const nameOf = (step: string) => {
    const known = STEPS.find((one) => one === step);
    return known === undefined ? step : t(`trunks.stepNames.${known}`);
  };
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
      {testing.data && (
        <SmallTable
          label={t("trunks.steps")}
          head={[t("trunks.step"), t("trunks.verdict"), t("trunks.evidence"), t("trunks.fix")]}
          rows={testing.data.steps.map(({ step, passed, detail, fix }) => ({
            id: step,
            cells: [
              nameOf(step),
              <State key="verdict" is={passed ? "fine" : "bad"}>
                {t(passed ? "trunks.good" : "trunks.bad")}
              </State>,
              sentence(detail),
              fix == null ? "" : sentence(fix),
            ],
          }))}
        />
      )}
    </Stack>
  );
}

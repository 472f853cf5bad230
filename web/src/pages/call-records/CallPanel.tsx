import { Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CallRecord } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { duration, moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { placeOfStep } from "./CallRecords";

/** What happened in a call, and why. */
export function CallPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "call-record", id),
    queryFn: () =>
      answer(api.GET("/api/v1/tenants/{tenant}/call-records/{call}", { params: { path: { tenant, call: id } } })),
  });
  return (
    <SidePanel title={t("calls.one")} onClose={onClose}>
      <ProblemNotice error={error} />
      {data ? <Record record={data} /> : error === null && <Loader aria-label={t("loading")} />}
    </SidePanel>
  );
}

type Step = CallRecord["path"][number];

function Record({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const words = (step: Step) => {
    if (step.type === "recorded") return t("calls.recorded");
    if (step.type === "supervised") return t("calls.supervised", { by: step.by });
    return "result" in step ? `${placeOfStep(step)} – ${step.result}` : placeOfStep(step);
  };
  return (
    <Stack gap="lg">
      <Facts
        facts={[
          [t("calls.at"), moment(record.started_at)],
          [t("calls.from"), record.from_name ? `${record.from_name} (${record.from})` : record.from],
          [t("calls.to"), record.to],
          [t("calls.direction"), t(`calls.directions.${record.direction}`)],
          [t("calls.result"), t(`calls.results.${record.result}`)],
          [t("calls.reason"), record.reason],
          [t("calls.answeredBy"), record.answered_by],
          [t("calls.talk"), duration(record.talk_seconds)],
          [t("calls.endedBy"), t(`calls.ends.${record.ended_by}`)],
        ]}
      />
      {record.path.length > 0 && (
        <section>
          <Title order={3} size="h5" mb="xs">
            {t("calls.path")}
          </Title>
          {record.path.map((step) => (
            <Text key={`${step.at} ${step.type}`} size="sm">
              {moment(step.at)}: {words(step)}
            </Text>
          ))}
        </section>
      )}
      {record.legs.map((leg) => (
        <section key={leg.sip_call_id}>
          <Title order={3} size="h5" mb="xs">
            {t("calls.leg", { party: leg.party })}
          </Title>
          <Facts
            facts={[
              [t("calls.begins"), moment(leg.started_at)],
              [t("calls.answered"), moment(leg.answered_at)],
              [t("calls.ended"), moment(leg.ended_at)],
              [t("calls.codec"), leg.codec],
              [t("calls.encrypted"), leg.encrypted ? t("yes") : t("no")],
              [t("calls.mos"), leg.quality?.mos?.toFixed(1)],
              [t("calls.loss"), leg.quality && `${leg.quality.loss_percent.toFixed(1)} %`],
              [t("calls.jitter"), leg.quality && `${leg.quality.jitter_ms.toFixed(0)} ms`],
              [t("calls.sipCallId"), leg.sip_call_id],
            ]}
          />
        </section>
      ))}
    </Stack>
  );
}

import { Loader, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CallRecord } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { money } from "../../format/money";
import { sentence } from "../../format/sentence";
import { duration, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import classes from "./Call.module.css";
import { Hops } from "./Hops";
import { Ladder } from "./Ladder";
import { Legs } from "./Legs";
import { LOOKS } from "./results";

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

function Record({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const may = useMay();
  const heard = record.path.flatMap((step) => (step.type === "recorded" ? step.recording : []));
  return (
    <Stack gap="lg">
      <Facts
        facts={[
          [t("calls.at"), moment(record.started_at)],
          [t("calls.from"), record.from_name ? `${record.from_name} (${record.from})` : record.from],
          [t("calls.to"), record.to],
          [t("calls.direction"), t(`calls.directions.${record.direction}`)],
          [t("calls.result"), <State key="result" is={LOOKS[record.result]}>{t(`calls.results.${record.result}`)}</State>],
          [t("calls.reason"), record.reason && sentence(record.reason)],
          [t("calls.answeredBy"), record.answered_by],
          [t("calls.talk"), duration(record.talk_seconds)],
          [t("calls.endedBy"), t(`calls.ends.${record.ended_by}`)],
          ...priceOf(record).map((price) => [t("calls.price"), price] as const),
        ]}
      />
      <section>
        <Title order={3} size="h5" mb="xs">
          {t("calls.path")}
        </Title>
        <Hops call={record.id} began={record.started_at} />
      </section>
      {record.attempts.length > 0 && <Attempts attempts={record.attempts} />}
      {may("call_recordings.read") && heard.length > 0 && <Recordings ids={heard} />}
      <section>
        <Title order={3} size="h5" mb="xs">
          {t("calls.legs")}
        </Title>
        <Legs record={record} />
        <Quality legs={record.legs} />
      </section>
      <section>
        <Title order={3} size="h5" mb="xs">
          {t("ladder.title")}
        </Title>
        <Ladder call={record.id} />
      </section>
      <details className={classes.details}>
        <summary>{t("calls.details")}</summary>
        {record.legs.map((leg) => (
          <Facts
            key={leg.sip_call_id + leg.started_at}
            facts={[
              [t("calls.party"), leg.party],
              [t("calls.begins"), moment(leg.started_at)],
              [t("calls.answered"), moment(leg.answered_at)],
              [t("calls.ended"), moment(leg.ended_at)],
              [t("calls.codec"), leg.codec],
              [t("calls.encrypted"), leg.encrypted ? t("yes") : t("no")],
              [t("calls.status"), leg.status],
              [t("calls.sipCallId"), leg.sip_call_id],
            ]}
          />
        ))}
      </details>
    </Stack>
  );
}

/** Trunks that were tried for a call to the outside, one after the other. */
function Attempts({ attempts }: Pick<CallRecord, "attempts">) {
  const { t } = useTranslation();
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("calls.attempts")}
      </Title>
      <table className={classes.quality}>
        <thead>
          <tr>
            <th scope="col">{t("calls.trunk")}</th>
            <th scope="col">{t("calls.called")}</th>
            <th scope="col">{t("calls.result")}</th>
            <th scope="col">{t("calls.took")}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map(({ at, trunk_name, called, result, status, reason, milliseconds }) => (
            <tr key={`${at} ${trunk_name}`}>
              <td>{trunk_name}</td>
              <td>{called}</td>
              <td>
                <State is={result === "answered" ? "fine" : "bad"}>
                  {result} {status ?? ""}
                </State>
                {reason ? ` ${sentence(reason)}` : ""}
              </td>
              <td>{(milliseconds / 1_000).toFixed(1)} s</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What was recorded, to be heard. */
function Recordings({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("calls.recorded")}
      </Title>
      {ids.map((id) => (
        // Calls have no captions.
        // oxlint-disable-next-line jsx-a11y/media-has-caption
        <audio key={id} controls preload="none" className={classes.audio} src={paths.recording(tenant, id)} />
      ))}
    </section>
  );
}

/** How it sounded to each party. */
function Quality({ legs }: Pick<CallRecord, "legs">) {
  const { t } = useTranslation();
  const known = legs.flatMap(({ party, quality }) => (quality == null ? [] : [{ party, quality }]));
  if (known.length === 0) return null;
  return (
    <table className={classes.quality}>
      <thead>
        <tr>
          <th scope="col">{t("calls.party")}</th>
          <th scope="col">{t("calls.mos")}</th>
          <th scope="col">{t("calls.loss")}</th>
          <th scope="col">{t("calls.jitter")}</th>
        </tr>
      </thead>
      <tbody>
        {known.map(({ party, quality: { mos, loss_percent, jitter_ms } }) => (
          <tr key={party}>
            <td>{party}</td>
            <td>{mos == null ? "–" : <State is={lookOf(mos)}>{mos.toFixed(1)}</State>}</td>
            <td>{loss_percent.toFixed(1)} %</td>
            <td>{jitter_ms.toFixed(0)} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** From where on people find that a call sounds well, and from where that it does not. ITU-T G.107 */
const MOS_FINE = 4;
const MOS_BAD = 3.1;

function lookOf(mos: number): "fine" | "warned" | "bad" {
  return mos >= MOS_FINE ? "fine" : mos < MOS_BAD ? "bad" : "warned";
}

function priceOf({ operator }: CallRecord): string[] {
  if (operator?.price_micros == null || operator.currency == null) return [];
  return [money(operator.price_micros, operator.currency)];
}

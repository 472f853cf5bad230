import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Call } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { duration } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";
import classes from "./Live.module.css";
import { Supervise } from "./Supervise";
import { useNow } from "./clock";
import { callsQuery } from "./queries";
import { knownState } from "./states";

/** All calls that go on. */
export function LiveCalls() {
  const { t } = useTranslation();
  const { data, error } = useQuery(callsQuery(useTenant()));
  if (data?.items.length === 0) return <p>{t("live.noCalls")}</p>;
  return (
    <>
      <ProblemNotice error={error} />
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("live.calls")}>
        <table className={classes.calls}>
          <thead>
            <tr>
              <th scope="col">{t("calls.from")}</th>
              <th scope="col">{t("calls.to")}</th>
              <th scope="col">{t("live.where")}</th>
              <th scope="col">{t("live.state")}</th>
              <th scope="col">{t("live.since")}</th>
              <th scope="col">{t("live.act")}</th>
            </tr>
          </thead>
          <tbody>
            {data?.items.map((call) => (
              <LiveCall key={call.id} call={call} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function LiveCall({ call }: { call: Call }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const seconds = (useNow() - Date.parse(call.answered_at ?? call.started_at)) / 1_000;
  const known = knownState(call.state);
  const end = () =>
    answer(api.POST("/api/v1/tenants/{tenant}/calls/{call}/hangup", { params: { path: { tenant, call: call.id } } }));
  return (
    <tr>
      <td>{call.from_name ? `${call.from_name} (${call.from})` : call.from}</td>
      <td>{call.to}</td>
      <td>{call.answered_by ?? call.at ?? ""}</td>
      <td>{known === undefined ? call.state : t(`live.states.${known}`)}</td>
      <td className={classes.time}>{duration(seconds)}</td>
      <td>
        <div className={classes.acts}>
        {may("call_supervision.act") && call.state === "talking" && <Supervise call={call} />}
        {may("calls.act") && (
          <ActionButton size="compact-xs" variant="default" act={end} onDone={() => outdate(tenant, new Set(["call"]))}>
            {t("live.hangUp")}
          </ActionButton>
        )}
        </div>
      </td>
    </tr>
  );
}

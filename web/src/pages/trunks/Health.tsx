import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { State } from "../../ui/State";
import { LOOKS, REGISTRATION_LOOKS, healthQuery } from "./health";

/** How a trunk does: whether it is reached, since when, and whether we are registered there. */
export function Health({ trunk }: { trunk: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(healthQuery(useTenant()));
  const health = data?.items.find(({ id }) => id === trunk);
  if (health === undefined) return null;
  const { state, since, heard_at, rests_until, tried_last, calls, calls_max, registration } = health;
  return (
    <Facts
      facts={[
        [t("trunks.state"), <State key="state" is={LOOKS[state]}>{t(`trunks.states.${state}`)}</State>],
        [t("trunks.since"), moment(since)],
        [t("trunks.heardAt"), moment(heard_at)],
        ...(rests_until == null ? [] : [[t("trunks.restsUntil"), moment(rests_until)] as const]),
        ...(tried_last ? [[t("trunks.triedLast"), t("yes")] as const] : []),
        [t("live.calls"), calls_max == null ? String(calls) : `${calls}/${calls_max}`],
        ...(registration == null
          ? []
          : [
              [
                t("trunks.registration"),
                <State key="registration" is={REGISTRATION_LOOKS[registration.state]}>
                  {t(`trunks.registrations.${registration.state}`, { until: moment(registration.until), status: registration.status ?? "" })}
                </State>,
              ] as const,
            ]),
      ]}
    />
  );
}

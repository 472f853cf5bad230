import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SetupStep } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { sentence } from "../../format/sentence";
import { State } from "../../ui/State";
import classes from "./Home.module.css";
import { nextOf } from "./next";

/** How often the server is asked how it does. */
const LOOK_MILLIS = 30_000;

/** What is missing, alone in its step: so the step leads to where just that is put right. */
type Concern = { words: string; step?: SetupStep };

/** What somebody should look at now, each with the place where it is put right. */
export function NeedsAttention({ steps }: { steps: readonly SetupStep[] }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const health = useQuery({
    queryKey: ["health"],
    queryFn: () => answer(api.GET("/api/v1/health")),
    enabled: may("health.read"),
    refetchInterval: LOOK_MILLIS,
    retry: false,
  });
  const alarms = health.data?.alarms ?? [];
  const concerns: Concern[] = [
    ...alarms.map((words) => ({ words })),
    ...steps.flatMap((step) => step.lacks.map((lack) => ({ words: lack.what, step: { ...step, lacks: [lack] } }))),
  ];
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" className={classes.heading}>
        {t("home.attention")}
      </h2>
      {concerns.length === 0 && <State is="fine">{t("home.nothing")}</State>}
      <ul className={classes.attention}>
        {concerns.map(({ words, step }) => {
          const next = step && nextOf(step, tenant);
          return (
            <li key={`${step?.number ?? ""} ${words}`}>
              <span>
                <State is="warned">
                  <span className={classes.concern}>{sentence(words)}</span>
                </State>
              </span>
              {next && may(next.permission) && (
                <Button
                  renderRoot={(props) => <Link to={next.to} search={next.search} {...props} />}
                  size="compact-xs"
                  variant="default"
                >
                  {t(`home.next.${next.words}`)}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

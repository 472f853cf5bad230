import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AppProblem, SetupStep } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { sentence } from "../../format/sentence";
import { State } from "../../ui/State";
import classes from "./Home.module.css";
import { nextOf } from "./next";
import { placeOf } from "./problem";

/** Kinds of objects whose changes may put something right, or break it. */
const PROBLEM_NOUNS = ["audio_file", "auto_attendant", "call_queue", "group", "resource_account", "schedule", "shared_mailbox", "user"] as const;

/** How often the server is asked how it does. */
const LOOK_MILLIS = 30_000;

/** What is missing, alone in its step: so the step leads to where just that is put right; or what is wrong with an app, with its place. */
type Concern = { words: string; step?: SetupStep; problem?: AppProblem };

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
  const problems = useQuery({
    queryKey: keyOf(tenant, "setup-problems"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/setup/problems", { params: { path: { tenant } } })),
    meta: { nouns: PROBLEM_NOUNS },
  });
  const alarms = health.data?.alarms ?? [];
  const concerns: Concern[] = [
    ...alarms.map((words) => ({ words })),
    ...(problems.data?.items ?? []).map((problem) => ({ words: t("home.problem", { name: problem.name, what: problem.message }), problem })),
    ...steps.flatMap((step) => step.lacks.map((lack) => ({ words: lack.what, step: { ...step, lacks: [lack] } }))),
  ];
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" className={classes.heading}>
        {t("home.attention")}
      </h2>
      {concerns.length === 0 && <State is="fine">{t("home.nothing")}</State>}
      <ul className={classes.attention}>
        {concerns.map(({ words, step, problem }) => {
          const next = step && nextOf(step, tenant);
          const place = problem && placeOf(problem, tenant);
          return (
            <li key={`${step?.number ?? ""} ${problem?.id ?? ""} ${problem?.field ?? ""} ${words}`}>
              <span>
                <State is={problem?.severity === "error" ? "bad" : "warned"}>
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
              {place && (
                <Button renderRoot={(props) => <Link {...place} {...props} />} size="compact-xs" variant="default" aria-label={t("flowEditor.open", { name: problem.name })}>
                  {t("home.openProblem")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

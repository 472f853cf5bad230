import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SetupState, SetupStep } from "../../api/__generated__/schema";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import classes from "./Home.module.css";
import { isStepNumber, nextOf } from "./next";

const LOOKS = { done: "fine", lacking: "warned", not_available: "quiet", not_needed: "quiet" } as const satisfies Record<
  SetupState,
  string
>;

/** One of the seven steps: how it stands, what it lacks, and the one next thing to do. */
export function Step({ step }: { step: SetupStep }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const next = nextOf(step, tenant);
  const name = isStepNumber(step.number) ? t(`home.step.${step.number}`) : step.name;
  return (
    <li className={classes.step}>
      <span className={classes.number} aria-hidden="true">
        {step.number}
      </span>
      <div>
        <h3>{name}</h3>
        <p className={classes.detail}>{step.detail}</p>
        {step.lacks.length > 0 && <p className={classes.detail}>{t("home.lacks", { count: step.lacks.length })}</p>}
      </div>
      <div className={classes.next}>
        <State is={LOOKS[step.state]}>{t(`home.state.${step.state}`)}</State>
        {next && may(next.permission) && (
          <Button
            renderRoot={(props) => <Link to={next.to} search={next.search} {...props} />}
            size="xs"
            variant={step.state === "lacking" ? "filled" : "default"}
          >
            {t(`home.next.${next.words}`)}
          </Button>
        )}
      </div>
    </li>
  );
}

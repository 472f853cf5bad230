import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ProblemNotice";
import classes from "./Wizard.module.css";

export type WizardStep = {
  id: string;
  title: string;
  content: ReactNode;
  /** What is still missing or wrong on this step, in words. */
  lacks?: readonly string[];
};

type WizardProps = { steps: readonly WizardStep[]; submit: string; finish: () => Promise<unknown>; onDone: () => void };

/** Steps one after the other: each can be gone back to, and the last shows what is missing before anything is made. */
export function Wizard({ steps, submit, finish, onDone }: WizardProps) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const [furthest, setFurthest] = useState(0);
  const finishing = useMutation({ mutationFn: finish, onSuccess: onDone });
  const step = steps[at];
  const isLast = at === steps.length - 1;
  const lacking = steps.filter(({ lacks = [] }) => lacks.length > 0);
  if (step === undefined) return null;
  const go = (to: number) => {
    setAt(to);
    setFurthest(Math.max(furthest, to));
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isLast) finishing.mutate();
    else go(at + 1);
  };
  return (
    <div className={classes.wizard}>
      <ol className={classes.steps}>
        {steps.map(({ id, title, lacks = [] }, place) => (
          <li key={id}>
            <button
              type="button"
              className={classes.step}
              aria-current={place === at ? "step" : undefined}
              disabled={place > furthest}
              onClick={() => go(place)}
            >
              {place + 1}. {title} {place < furthest && lacks.length > 0 && <span>– {t("wizard.lacks")}</span>}
            </button>
          </li>
        ))}
      </ol>
      <form className={classes.content} onSubmit={onSubmit}>
        <Stack>
          <h2 className={classes.title}>{step.title}</h2>
          {step.content}
          {isLast &&
            lacking.map(({ id, title, lacks = [] }) => (
              <Text key={id} size="sm" role="alert">
                {title}: {lacks.join(", ")}
              </Text>
            ))}
          <ProblemNotice error={finishing.error} />
          <Group>
            <Button variant="default" disabled={at === 0} onClick={() => go(at - 1)}>
              {t("wizard.back")}
            </Button>
            <Button type="submit" loading={finishing.isPending} disabled={isLast && lacking.length > 0}>
              {isLast ? submit : t("wizard.next")}
            </Button>
          </Group>
        </Stack>
      </form>
    </div>
  );
}

import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Explanation } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { sentence } from "../../format/sentence";
import { duration, moment, ownZone } from "../../format/time";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useDraft } from "../../ui/form/draft";
import { DOES } from "../flow/TryPanel";
import steps from "../flow/TryPanel.module.css";
import classes from "./ExplainPage.module.css";

/** Tells what would become of any call, step by step. Nothing rings. */
export function ExplainPage() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ from: "", to: "", at: "", keys: "", agents: "answers", people: "answers", waiting: 0 });
  const explaining = useMutation({
    mutationFn: () => {
      const assume = {
        ...(draft.agents === "answers" ? {} : { agents: draft.agents }),
        ...(draft.people === "answers" ? {} : { people: draft.people }),
        ...(draft.waiting === 0 ? {} : { waiting: String(draft.waiting) }),
      };
      const body = {
        from: draft.from.trim() === "" ? null : draft.from.trim(),
        to: draft.to.trim(),
        at: draft.at === "" ? null : new Date(draft.at).toISOString(),
        keys: draft.keys,
        assume,
      };
      return answer(api.POST("/api/v1/tenants/{tenant}/explain", { params: { path: { tenant } }, body }));
    },
  });
  const choices = DOES.map((does) => ({ value: does, label: t(`flowEditor.does.${does}`) }));
  return (
    <Page title={t("section.explain")}>
      <div className={classes.page}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            explaining.mutate();
          }}
        >
          <TextInput
            label={t("flowEditor.caller")}
            description={t("flowEditor.callerHint")}
            placeholder="+14255550123"
            value={draft.from}
            onChange={(event) => edit({ from: event.currentTarget.value })}
          />
          <TextInput
            label={t("explain.to")}
            description={t("explain.toHint")}
            placeholder="+14255550100"
            required
            value={draft.to}
            onChange={(event) => edit({ to: event.currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label={t("flowEditor.when", { zone: ownZone() })}
            description={t("flowEditor.whenHint")}
            value={draft.at}
            onChange={(event) => edit({ at: event.currentTarget.value })}
          />
          <TextInput
            label={t("attendants.keys")}
            description={t("flowEditor.keysHint")}
            value={draft.keys}
            onChange={(event) => edit({ keys: event.currentTarget.value })}
          />
          <NativeSelect label={t("queues.agents")} value={draft.agents} onChange={(event) => edit({ agents: event.currentTarget.value })} data={choices} />
          <NativeSelect label={t("flowEditor.people")} value={draft.people} onChange={(event) => edit({ people: event.currentTarget.value })} data={choices} />
          <NumberInput label={t("flowEditor.waitAlready")} min={0} value={draft.waiting} onChange={(waiting) => edit({ waiting: Number(waiting) })} />
          <Button type="submit" w="fit-content" loading={explaining.isPending}>
            {t("explain.tell")}
          </Button>
        </form>
        <div>
          <ProblemNotice error={explaining.error} />
          {explaining.data && <Told told={explaining.data} />}
        </div>
      </div>
    </Page>
  );
}

function Told({ told: { at, end, steps: all } }: { told: Explanation }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const pathOf = (noun: string, id: string) =>
    noun === "auto_attendant" ? paths.attendantFlow(tenant, id) : noun === "call_queue" ? paths.queueFlow(tenant, id) : undefined;
  return (
    <>
      <p role="status" className={steps.end}>
        {sentence(end.words)}
      </p>
      <p className={classes.at}>{moment(at)}</p>
      <ol className={steps.steps} aria-label={t("flowEditor.steps")}>
        {all.map(({ after_seconds, words, setting }, place) => {
          const to = setting == null ? undefined : pathOf(setting.noun, setting.id);
          return (
            // Two steps may say the same.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={place}>
              <span className={steps.time}>{duration(after_seconds)}</span>
              <span>
                {sentence(words)} {to !== undefined && <Link to={to}>{setting?.name}</Link>}
              </span>
            </li>
          );
        })}
      </ol>
    </>
  );
}

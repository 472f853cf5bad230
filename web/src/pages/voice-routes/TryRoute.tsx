import { Alert, Button, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { RouteTested } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { PersonSelect } from "../../choices/PersonSelect";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { useDraft } from "../../ui/form/draft";
import classes from "./TryRoute.module.css";

const LOOKS = { emergency: "warned", inside: "fine", outside: "fine", refused: "bad" } as const;

/** Tells which way a call would go, and why, without calling anybody. */
export function TryRoute({ dialled = "" }: { dialled?: string | undefined }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ user: "", dialled });
  const trying = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/tenants/{tenant}/voice-routes/test", { params: { path: { tenant } }, body: draft })),
  });
  return (
    <section className={classes.box} aria-label={t("routes.try")}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          trying.mutate();
        }}
      >
        <PersonSelect label={t("routes.who")} required value={draft.user} onChange={(person) => edit({ user: person?.id ?? "" })} />
        <TextInput
          label={t("routes.dials")}
          required
          placeholder="+14155550123"
          value={draft.dialled}
          onChange={(event) => edit({ dialled: event.currentTarget.value })}
        />
        <Button type="submit" disabled={draft.user === ""} loading={trying.isPending}>
          {t("routes.try")}
        </Button>
      </form>
      <ProblemNotice error={trying.error} />
      {trying.data && <Tested tested={trying.data} />}
    </section>
  );
}

function Tested({ tested }: { tested: RouteTested }) {
  const { t } = useTranslation();
  const { outcome, reaches, caller_id, attempts, reasons, refusal, routes, skipped } = tested;
  return (
    <div role="status" className={classes.tested}>
      <strong>
        <State is={LOOKS[outcome]}>
          {t(`routes.outcome.${outcome}`)}
          {reaches ? `: ${reaches}` : ""}
        </State>
      </strong>
      {refusal && (
        <Alert color="red" variant="outline">
          {sentence(refusal.detail)} {sentence(refusal.fix)}
        </Alert>
      )}
      {attempts.length > 0 && (
        <ol className={classes.attempts} aria-label={t("routes.attempts")}>
          {attempts.map(({ place, trunk, id, route, called, calling }) => (
            <li key={`${place} ${id}`}>
              {t("routes.attempt", { trunk: trunk ?? id, called })}
              {calling ? ` · ${t("routes.shows", { number: calling })}` : ""}
              {route ? ` · ${t("routes.by", { route })}` : ""}
            </li>
          ))}
        </ol>
      )}
      {attempts.length === 0 && caller_id && <Text size="sm">{t("routes.shows", { number: caller_id })}</Text>}
      <ul className={classes.reasons}>
        {reasons.map((reason) => (
          <li key={reason}>{sentence(reason)}</li>
        ))}
        {skipped.map(({ id, trunk, reason }) => (
          <li key={`${id} ${reason}`}>{t("routes.skipped", { trunk: trunk ?? id, reason })}</li>
        ))}
        {routes
          .filter(({ matches }) => !matches)
          .map(({ id, name, pattern, usage }) => (
            <li key={`${id} ${usage}`}>{t("routes.noMatch", { name, pattern })}</li>
          ))}
      </ul>
    </div>
  );
}

import { Alert, Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CallPrice } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { PersonSelect } from "../../choices/PersonSelect";
import { amount } from "../../format/money";
import { sentence } from "../../format/sentence";
import { ownZone } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { useDraft } from "../../ui/form/draft";
import { usePayer } from "../spend/payer";
import classes from "./Price.module.css";
import { stepsOf } from "./increments";

/** Tells what a call would cost and who would pay. Nothing is called. */
export function Price() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ number: "", person: "", at: "" });
  const asking = useMutation({
    mutationFn: async () => {
      const from = draft.person === "" ? undefined : await extensionOf(tenant, draft.person);
      const at = draft.at === "" ? undefined : new Date(draft.at).toISOString();
      const params = { path: { tenant, number: draft.number.replaceAll(/[^+\d]/g, "") }, query: { from, at } };
      return answer(api.GET("/api/v1/tenants/{tenant}/credits/price/{number}", { params }));
    },
  });
  return (
    <Page title={t("section.price")}>
      <div className={classes.page}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            asking.mutate();
          }}
        >
          <TextInput
            label={t("price.number")}
            description={t("price.numberHint")}
            placeholder="+4930123456"
            required
            value={draft.number}
            onChange={(event) => edit({ number: event.currentTarget.value })}
          />
          <PersonSelect label={t("routes.who")} value={draft.person} onChange={(person) => edit({ person: person?.id ?? "" })} />
          <TextInput
            type="datetime-local"
            label={t("flowEditor.when", { zone: ownZone() })}
            description={t("flowEditor.whenHint")}
            value={draft.at}
            onChange={(event) => edit({ at: event.currentTarget.value })}
          />
          <Button type="submit" w="fit-content" loading={asking.isPending}>
            {t("price.ask")}
          </Button>
        </form>
        <div>
          <ProblemNotice error={asking.error} />
          {asking.data && <Told price={asking.data} />}
        </div>
      </div>
    </Page>
  );
}

function Told({ price }: { price: CallPrice }) {
  const { t } = useTranslation();
  const payer = usePayer();
  const { allowed, words, fix, destination, country, prefix, per_minute, connection_fee, increments, currency, paid_by } = price;
  const money = (text: string | null | undefined) => (text == null ? "" : amount(text, currency ?? ""));
  const steps = stepsOf(increments ?? "");
  return (
    <section aria-label={t("section.price")}>
      <p role="status" className={classes.words}>
        {sentence(words)}
      </p>
      {fix && (
        <Alert color="orange" variant="outline" mb="md">
          {sentence(fix)}
        </Alert>
      )}
      <Facts
        facts={[
          [t("price.allowed"), <State key="state" is={allowed ? "fine" : "bad"}>{allowed ? t("yes") : t("no")}</State>],
          [t("price.paidBy"), paid_by.map(payer).join(", ")],
          [t("spend.bys.destination"), [destination, country].filter(Boolean).join(", ")],
          [t("decks.prefix"), prefix],
          [t("price.perMinute"), money(per_minute)],
          [t("price.connection"), money(connection_fee)],
          [t("price.counted"), steps === undefined ? increments : t("price.steps", steps)],
        ]}
      />
    </section>
  );
}

/** The price is asked for by extension: a person may have been given another one meanwhile. */
async function extensionOf(tenant: string, user: string): Promise<string> {
  return (await answer(api.GET("/api/v1/tenants/{tenant}/users/{user}", { params: { path: { tenant, user } } }))).extension;
}

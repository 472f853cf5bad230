import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import classes from "./Home.module.css";
import { LiveCounts } from "./LiveCounts";
import { NeedsAttention } from "./NeedsAttention";
import { Step } from "./Step";

/** Kinds of objects that the steps are told from. */
const NOUNS = [
  "auto_attendant",
  "call_queue",
  "group",
  "license",
  "number",
  "resource_account",
  "subscription",
  "tenant",
  "trunk",
  "user",
];

/** How the phone system stands: the seven steps of setting it up, what needs attention, and what goes on. */
export function Home() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "setup"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/setup", { params: { path: { tenant } } })),
    meta: { nouns: NOUNS },
  });
  return (
    <Page title={t("home.title")}>
      <ProblemNotice error={error} />
      {may("calls.read") && <LiveCounts />}
      {data && <NeedsAttention steps={data.items} />}
      <section aria-labelledby="steps">
        <h2 id="steps" className={classes.heading}>
          {t("home.steps")}
        </h2>
        <ol className={classes.steps}>
          {data?.items.map((step) => (
            <Step key={step.number} step={step} />
          ))}
        </ol>
      </section>
    </Page>
  );
}

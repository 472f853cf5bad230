import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { namedQuery } from "../../choices/named";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { LiveCalls } from "./LiveCalls";
import { QueueCard } from "./QueueCard";
import { useFigures } from "./figures";
import classes from "./Live.module.css";

/** What goes on now: the queues with who waits and who answers, and all calls. */
export function Live() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const queues = useQuery({ ...namedQuery(tenant, "call_queue"), enabled: may("call_queues.read") });
  // Who may read figures is told of all queues at once; others ask for each.
  const figures = useFigures(tenant, may("call_records.read"));
  return (
    <Page title={t("section.live")}>
      <ProblemNotice error={queues.error} />
      <section aria-labelledby="queues">
        <h2 id="queues" className={classes.heading}>
          {t("section.queues")}
        </h2>
        {queues.data?.length === 0 && <p>{t("live.noQueues")}</p>}
        <div className={classes.queues}>
          {queues.data?.map(({ id, name }) => (
            <QueueCard key={id} queue={id} name={name} figures={figures.data?.queues.find(({ queue }) => queue === id)} />
          ))}
        </div>
      </section>
      <section aria-labelledby="calls">
        <h2 id="calls" className={classes.heading}>
          {t("live.calls")}
        </h2>
        <LiveCalls />
      </section>
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { QueueAgent, WaitingCaller } from "../../api/__generated__/schema";
import { duration } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { AgentMenu } from "./AgentMenu";
import classes from "./Live.module.css";
import { LOOKS } from "./agents";
import { goneOn, useNow } from "./clock";
import { queueQuery } from "./queries";

/** A queue: who waits, how long, and what its agents do. */
export function QueueCard({ queue, name }: { queue: string; name: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const { data, error, dataUpdatedAt } = useQuery(queueQuery(useTenant(), queue));
  const since = (seconds: number) => duration(goneOn(seconds, dataUpdatedAt, now));
  const waiting = data?.waiting ?? [];
  const agents = data?.agents ?? [];
  const longest = Math.max(0, ...waiting.map(({ waited_seconds }) => waited_seconds));
  return (
    <article className={classes.card} aria-label={name}>
      <h3>{name}</h3>
      <ProblemNotice error={error} />
      <dl className={classes.tiles}>
        <Tile name={t("live.waiting")} value={String(waiting.length)} />
        <Tile name={t("live.longest")} value={waiting.length === 0 ? "–" : since(longest)} />
        <Tile name={t("live.ready")} value={`${agents.filter(({ status }) => status === "idle").length}/${agents.length}`} />
        {data !== undefined && data.callbacks > 0 && <Tile name={t("live.callbacks")} value={String(data.callbacks)} />}
      </dl>
      {waiting.length > 0 && (
        <ol className={classes.rows} aria-label={t("live.waiting")}>
          {waiting.map((caller) => (
            <Caller key={caller.call} caller={caller} waited={since(caller.waited_seconds)} />
          ))}
        </ol>
      )}
      <ul className={classes.rows} aria-label={t("queues.agents")}>
        {agents.map((agent) => (
          <Agent key={agent.id} queue={queue} agent={agent} since={since(agent.status_seconds)} />
        ))}
      </ul>
    </article>
  );
}

function Tile({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Caller({ caller, waited }: { caller: WaitingCaller; waited: string }) {
  const { t } = useTranslation();
  return (
    <li>
      <span>
        {caller.position}. {caller.from_name ?? caller.from ?? t("live.anonymous")}
      </span>
      <span className={classes.time}>{waited}</span>
    </li>
  );
}

function Agent({ queue, agent, since }: { queue: string; agent: QueueAgent; since: string }) {
  const { t } = useTranslation();
  const name = agent.display_name ?? agent.extension ?? agent.id;
  return (
    <li>
      <span>{name}</span>
      <AgentMenu queue={queue} agent={agent.id} name={name} isOptedOut={!agent.opted_in}>
        <State is={LOOKS[agent.status]}>{t(`live.agent.${agent.status}`)}</State>{" "}
        <span className={classes.time}>{since}</span>
      </AgentMenu>
    </li>
  );
}

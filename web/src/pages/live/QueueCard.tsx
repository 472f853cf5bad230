import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AgentStatus, LiveAgent, LiveQueue, QueueAgent, WaitingCaller } from "../../api/__generated__/schema";
import { duration } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { figure } from "../reports/format";
import { AgentMenu } from "./AgentMenu";
import classes from "./Live.module.css";
import { LOOKS } from "./agents";
import { goneOn, useNow } from "./clock";
import { shownStatus } from "./pauses";
import { AGENT_NOUNS, QUEUE_NOUNS, queueQuery } from "./queries";

type QueueCardProps = { queue: string; name: string; figures: LiveQueue | undefined };

/** A queue: who waits, how long, and what its agents do. */
export function QueueCard({ queue, name, figures }: QueueCardProps) {
  const { t } = useTranslation();
  const now = useNow();
  const hasToAsk = figures === undefined || figures.calls_waiting > 0;
  // The figures of all queues do not say why somebody pauses, which seldom changes.
  const { data, error, dataUpdatedAt } = useQuery(queueQuery(useTenant(), queue, hasToAsk ? QUEUE_NOUNS : AGENT_NOUNS));
  const since = (seconds: number) => duration(goneOn(seconds, dataUpdatedAt, now));
  const waiting = hasToAsk ? (data?.waiting ?? []) : [];
  const agents = figures === undefined ? (data?.agents ?? []).map((agent) => shownOf(agent, dataUpdatedAt)) : figures.agents.map(shownOfFigures);
  const reasonOf = ({ id }: ShownAgent) => data?.agents.find((agent) => agent.id === id)?.pause_reason ?? "";
  const callbacks = figures?.callbacks_waiting ?? data?.callbacks ?? 0;
  const longest = Math.max(0, ...waiting.map(({ waited_seconds }) => waited_seconds));
  const level = figures?.total.sl_met_no_abandon;
  return (
    <article className={classes.card} aria-label={name}>
      <h3>{name}</h3>
      <ProblemNotice error={error} />
      {(data?.alerts ?? []).map((alert) => (
        <p key={alert} role="status">
          <State is="warned">{t(`live.alerts.${alert}`)}</State>
        </p>
      ))}
      <dl className={classes.tiles}>
        <Tile name={t("live.waiting")} value={String(waiting.length)} />
        <Tile name={t("live.longest")} value={waiting.length === 0 ? "–" : since(longest)} />
        <Tile name={t("live.ready")} value={`${agents.filter(({ status }) => status === "idle").length}/${agents.length}`} />
        {figures !== undefined && <Tile name={t("wallboard.answered")} value={String(figures.total.tot_answered_calls)} />}
        {figures !== undefined && <Tile name={t("wallboard.abandoned")} value={String(figures.total.tot_abandoned_calls)} />}
        {typeof level === "number" && <Tile name={t("wallboard.level")} value={figure(level, "share")} />}
        {callbacks > 0 && <Tile name={t("live.callbacks")} value={String(callbacks)} />}
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
          <Agent key={agent.id} queue={queue} agent={agent} reason={reasonOf(agent)} since={duration((now - agent.since) / 1_000)} />
        ))}
      </ul>
    </article>
  );
}

/** An agent as the card shows them, whoever told of them. */
type ShownAgent = { id: string; name: string; status: AgentStatus; isOptedOut: boolean; since: number };

function shownOf({ id, display_name, extension, status, opted_in, status_seconds }: QueueAgent, readAt: number): ShownAgent {
  return { id, name: display_name ?? extension ?? id, status, isOptedOut: !opted_in, since: readAt - status_seconds * 1_000 };
}

function shownOfFigures({ agent, display_name, extension, status, status_since }: LiveAgent): ShownAgent {
  return { id: agent, name: display_name ?? extension ?? agent, status, isOptedOut: status === "opted_out", since: Date.parse(status_since) };
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

function Agent({ queue, agent, reason, since }: { queue: string; agent: ShownAgent; reason: string; since: string }) {
  const { t } = useTranslation();
  const { id, name, status, isOptedOut } = agent;
  const shown = shownStatus(status, reason);
  return (
    <li>
      <span>{name}</span>
      <AgentMenu queue={queue} agent={id} name={name} status={status} isPaused={reason !== ""} isOptedOut={isOptedOut}>
        <State is={LOOKS[shown]}>{shown === "paused" && reason !== "" ? t("live.pausedFor", { reason }) : t(`live.agent.${shown}`)}</State> <span className={classes.time}>{since}</span>
      </AgentMenu>
    </li>
  );
}

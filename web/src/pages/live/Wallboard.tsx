import { Button, MultiSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LiveAgent, LiveQueue } from "../../api/__generated__/schema";
import { duration } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { figure } from "../reports/format";
import classes from "./Wallboard.module.css";
import { LOOKS } from "./agents";
import { everySecond, useNow } from "./clock";
import { useFigures } from "./figures";
import { type Reasons, shownStatus, useReasons } from "./pauses";

/** Longer than this nobody should wait: the tile says so, with a mark and words beside the color. */
const LONG_WAIT_SECONDS = 60;
/** Of a hundred callers so many should be answered in time. */
const LEVEL_TARGET = 0.8;

/** Queues and agents in large letters, for a screen that all can see. */
export function Wallboard() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const search: Partial<Record<string, string>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const place = useRef<HTMLDivElement>(null);
  const { data, error } = useFigures(tenant);
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  const chosen = (search["queues"] ?? "").split(",").filter(Boolean);
  const queues = data?.queues ?? [];
  const shown = chosen.length === 0 ? queues : queues.filter(({ queue }) => chosen.includes(queue));
  const reasons = useReasons(tenant, shown);
  return (
    <Page
      title={t("section.wallboard")}
      actions={
        <Button variant="default" onClick={() => void place.current?.requestFullscreen()}>
          {t("wallboard.full")}
        </Button>
      }
    >
      <ProblemNotice error={error} />
      <MultiSelect
        label={t("wallboard.queues")}
        description={t("wallboard.queuesHint")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        value={chosen}
        onChange={(ids) => void navigate({ to: ".", search: { ...search, queues: ids.join(",") }, replace: true })}
        data={queues.map(({ queue, queue_name }) => ({ value: queue, label: queue_name }))}
      />
      <div ref={place} className={`${classes.board} ${isFull ? classes.full : ""}`}>
        {shown.map((queue) => (
          <Queue key={queue.queue} queue={queue} reasons={reasons} />
        ))}
        {data !== undefined && shown.length === 0 && <p>{t("live.noQueues")}</p>}
      </div>
    </Page>
  );
}

/** What the server tells again unchanged is the same object, so only queues in which something happened are drawn anew. */
const Queue = memo(function Queue({ queue, reasons }: { queue: LiveQueue; reasons: Reasons }) {
  const { t } = useTranslation();
  const { total, agents } = queue;
  const level = total.sl_met_no_abandon;
  const n = (status: LiveAgent["status"]) => agents.filter((agent) => shownStatus(agent.status, reasons[agent.agent]) === status).length;
  return (
    <article className={classes.queue} aria-label={queue.queue_name}>
      <h2>{queue.queue_name}</h2>
      <dl className={classes.tiles}>
        <Tile name={t("live.waiting")} value={String(queue.calls_waiting)} />
        <Longest since={queue.longest_waiting_call_enqueue_time} />
        <Tile name={t("wallboard.level")} value={figure(level, "share")} {...(typeof level === "number" && level < LEVEL_TARGET ? { warns: t("wallboard.below") } : {})} />
        <Tile name={t("wallboard.answered")} value={String(total.tot_answered_calls)} />
        <Tile name={t("wallboard.abandoned")} value={String(total.tot_abandoned_calls)} />
        <Tile name={t("live.callbacks")} value={String(queue.callbacks_waiting)} />
        <Tile name={t("wallboard.wait")} value={figure(total.avg_speed_answer, "seconds")} />
        <Tile name={t("wallboard.talk")} value={figure(total.avg_talk_time, "seconds")} />
        <Tile name={t("live.agent.idle")} value={String(n("idle"))} {...(agents.length > 0 && n("idle") === 0 && queue.calls_waiting > 0 ? { warns: t("wallboard.noneReady") } : {})} />
        <Tile name={t("live.agent.talking")} value={String(n("talking"))} />
        <Tile name={t("live.agent.wrap_up")} value={String(n("wrap_up"))} />
        <Tile name={t("wallboard.paused")} value={String(n("away") + n("opted_out") + n("paused"))} />
      </dl>
      <table className={classes.agents}>
        <thead>
          <tr>
            <th scope="col">{t("wallboard.agent")}</th>
            <th scope="col">{t("live.state")}</th>
            <th scope="col">{t("live.since")}</th>
            <th scope="col">{t("wallboard.answered")}</th>
            <th scope="col">{t("wallboard.offered")}</th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <Agent
              key={agent.agent}
              name={agent.display_name ?? agent.extension ?? agent.agent}
              status={shownStatus(agent.status, reasons[agent.agent])}
              reason={reasons[agent.agent] ?? ""}
              since={agent.status_since}
              answered={agent.tot_calls_answered}
              offered={agent.tot_calls_offered}
            />
          ))}
        </tbody>
      </table>
    </article>
  );
});

type AgentProps = { name: string; status: LiveAgent["status"]; /** Why they pause, if they do. */ reason: string; since: string; answered: number; offered: number };

/** Of hundreds of agents only those are drawn anew who do something else now. */
const Agent = memo(function Agent({ name, status, reason, since, answered, offered }: AgentProps) {
  const { t } = useTranslation();
  return (
    <tr>
      <td>{name}</td>
      <td>
        <State is={LOOKS[status]}>{status === "paused" && reason !== "" ? t("live.pausedFor", { reason }) : t(`live.agent.${status}`)}</State>
      </td>
      <td className={classes.time}>
        <Since since={since} />
      </td>
      <td>{answered}</td>
      <td>{offered}</td>
    </tr>
  );
});

/** Counts on. Hundreds do each second, so each only writes its own text. */
function Since({ since }: { since: string }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      everySecond((now) => {
        if (place.current) place.current.textContent = duration((now - Date.parse(since)) / 1_000);
      }),
    [since],
  );
  return <span ref={place} />;
}

function Longest({ since }: { since: string | null | undefined }) {
  const { t } = useTranslation();
  const now = useNow();
  const seconds = since == null ? undefined : (now - Date.parse(since)) / 1_000;
  const isLong = seconds !== undefined && seconds >= LONG_WAIT_SECONDS;
  return (
    <Tile
      name={t("live.longest")}
      value={seconds === undefined ? "–" : duration(seconds)}
      {...(isLong ? { warns: t("wallboard.long") } : {})}
    />
  );
}

function Tile({ name, value, warns }: { name: string; value: string; warns?: string }) {
  return (
    <div className={warns === undefined ? "" : classes.warned}>
      <dt>{name}</dt>
      <dd>
        {value}
        {warns !== undefined && (
          <span className={classes.warning}>
            <State is="warned">{warns}</State>
          </span>
        )}
      </dd>
    </div>
  );
}

import { Alert, Button, Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LadderMessage } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { keep } from "../../ui/list/export";
import classes from "./Ladder.module.css";
import { US, arrowOf, lanesOf, lookOf } from "./ladder";

/** What was said by SIP in a call, message by message. It is read only when somebody wants it. */
export function Ladder({ call }: { call: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [isWanted, setWanted] = useState(false);
  const { data, error, isFetching } = useQuery({
    queryKey: keyOf(tenant, "call-ladder", call),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/call-records/{call}/ladder", { params: { path: { tenant, call } } })),
    enabled: isWanted,
  });
  if (!isWanted || (data === undefined && error === null)) {
    return (
      <Button variant="default" w="fit-content" loading={isFetching} onClick={() => setWanted(true)}>
        {t("ladder.show")}
      </Button>
    );
  }
  if (data === undefined) return <ProblemNotice error={error} />;
  if (data.messages.length === 0) {
    return (
      <Alert color="orange" variant="outline" role="status">
        {t("ladder.empty")}
      </Alert>
    );
  }
  const { messages, decisions } = data;
  return (
    <div className={classes.ladder}>
      {decisions.length > 0 && (
        <ul className={classes.decisions} aria-label={t("ladder.decisions")}>
          {decisions.map((decision) => (
            <li key={decision}>{sentence(decision)}</li>
          ))}
        </ul>
      )}
      <Messages messages={messages} />
      <Button variant="default" w="fit-content" onClick={() => keep(`${call}.txt`, messages.map(textOf).join("\n"), "text/plain")}>
        {t("ladder.keep")}
      </Button>
    </div>
  );
}

function Messages({ messages }: { messages: readonly LadderMessage[] }) {
  const { t } = useTranslation();
  const lanes = lanesOf(messages);
  const nameOf = (lane: string) => (lane === US ? t("ladder.us") : lane);
  return (
    // What scrolls can be reached by the keyboard.
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("ladder.title")}>
      <div className={classes.lanes} aria-hidden="true">
        <span />
        {lanes.map((lane) => (
          <strong key={lane}>{nameOf(lane)}</strong>
        ))}
      </div>
      <ol className={classes.messages}>
        {messages.map((message, place) => (
          // The same may be said twice at once.
          // oxlint-disable-next-line react/no-array-index-key
          <Message key={place} message={message} lanes={lanes} nameOf={nameOf} />
        ))}
      </ol>
    </div>
  );
}

/** As many parts as the width of a drawing has. */
const WIDTH = 1_000;
const HEIGHT = 12;
const HEAD = 14;

type MessageProps = { message: LadderMessage; lanes: readonly string[]; nameOf: (lane: string) => string };

function Message({ message, lanes, nameOf }: MessageProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { begins, ends } = arrowOf(message, lanes);
  const [from, to] = [begins * WIDTH, ends * WIDTH];
  const back = to + (from < to ? -HEAD : HEAD);
  return (
    <li>
      <button type="button" className={classes.message} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className={classes.time}>{t("ladder.after", { seconds: (message.after_milliseconds / 1_000).toFixed(3) })}</span>
        <span className={classes.drawn}>
          <span className={classes.label}>
            <State is={lookOf(message.message)}>{message.message}</State>
          </span>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            {lanes.map((lane, place) => {
              const x = ((place + 0.5) / lanes.length) * WIDTH;
              return <line key={lane} x1={x} x2={x} y1={-2 * HEIGHT} y2={HEIGHT} className={classes.lane} />;
            })}
            <line x1={from} x2={to} y1={HEIGHT / 2} y2={HEIGHT / 2} className={classes.arrow} />
            <path d={`M${back} 1L${to} ${HEIGHT / 2}L${back} ${HEIGHT - 1}`} className={classes.arrow} />
          </svg>
          <span className="hidden">{t("ladder.ends", { from: nameOf(message.from), to: nameOf(message.to) })}</span>
        </span>
      </button>
      {isOpen && (
        <div className={classes.text}>
          <Text size="xs">{`${message.at} · ${message.transport} · ${message.address}`}</Text>
          <Code block tabIndex={0}>
            {message.text}
          </Code>
        </div>
      )}
    </li>
  );
}

/** A message as it stands in a file of all of them. */
function textOf({ at, from, to, transport, address, text }: LadderMessage): string {
  return `${at} ${from} -> ${to} (${transport} ${address})\n${text}\n`;
}

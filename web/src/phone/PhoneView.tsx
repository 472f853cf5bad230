import { Alert, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { ProblemNotice } from "../ui/ProblemNotice";
import { State } from "../ui/State";
import { CallCard } from "./CallCard";
import { Dial } from "./Dial";
import { PastCalls } from "./PastCalls";
import classes from "./Phone.module.css";
import { Queues } from "./Queues";
import { OUTSIDE } from "./WhoToBe";
import { Phone } from "./phone";
import { type Holder, credentials } from "./queries";

// A call can be made before these are there; they stand below everything else.
const SoundSettings = lazy(() => import("./SoundSettings").then((module) => ({ default: module.SoundSettings })));
const NetworkTest = lazy(() => import("./NetworkTest").then((module) => ({ default: module.NetworkTest })));

type PhoneViewProps = { name: string; holder: Holder; /** Whether another one could be chosen. */ isPlayed: boolean };

/** One phone while it is on the page; another one has another key. */
export function PhoneView({ name, holder, isPlayed }: PhoneViewProps) {
  const { tenant, user } = holder;
  const isOutside = tenant !== undefined && user === undefined;
  const [phone] = useState(() => new Phone(name, !isOutside, () => credentials(tenant, user), isOutside ? OUTSIDE : undefined));
  useEffect(() => phone.begin(), [phone]);
  return <Shown phone={phone} holder={holder} isPlayed={isPlayed} isOutside={isOutside} />;
}

type ShownProps = { phone: Phone; holder: Holder; isPlayed: boolean; isOutside: boolean };

function Shown({ phone, holder, isPlayed, isOutside }: ShownProps) {
  const { t } = useTranslation();
  const { line, error, calls, nMessages, history, choice } = useSyncExternalStore(phone.subscribe, phone.state);
  const incoming = calls.find(({ state }) => state === "incoming");
  const title = incoming ? t("phone.incoming", { name: incoming.name || incoming.number }) : t("phone.title");
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  const ringing = incoming?.id;
  useEffect(() => {
    // Who looks elsewhere is told, if they said that they want to be.
    if (ringing === undefined || !document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification(title, { tag: ringing });
    notice.addEventListener("click", () => window.focus());
    return () => notice.close();
  }, [ringing, title]);
  const tone = line === "ready" ? "fine" : line === "refused" || line === "away" ? "bad" : "quiet";
  return (
    <div className={classes.columns}>
      <section className={classes.card} aria-labelledby="phone-title">
        <div className={classes.head}>
          <h1 id="phone-title" className={classes.title}>
            {t("phone.title")}
          </h1>
          <span role="status">
            <State is={tone}>{t(`phone.line.${line}`)}</State>
          </span>
        </div>
        {isPlayed && (
          <p className={classes.quiet}>
            {isOutside ? t("phone.who.isOutside", { number: OUTSIDE }) : t("phone.who.is", { extension: holder.user })}{" "}
            <Link to={paths.phone} search={{}}>
              {t("phone.who.other")}
            </Link>
          </p>
        )}
        {line === "elsewhere" && (
          <Alert color="blue" variant="outline" title={t("phone.elsewhere.title")}>
            <p className={classes.words}>{t("phone.elsewhere.words")}</p>
            <Button size="xs" onClick={() => phone.take()}>
              {t("phone.elsewhere.take")}
            </Button>
          </Alert>
        )}
        <ProblemNotice error={error} />
        <div aria-live="assertive" className={classes.calls}>
          {calls.map((call) => (
            <CallCard key={call.id} phone={phone} call={call} others={calls.filter(({ id }) => id !== call.id)} holder={holder} />
          ))}
        </div>
        {line !== "elsewhere" && <Dial phone={phone} holder={holder} isReady={line === "ready"} />}
      </section>
      <div className={classes.aside}>
        {!isOutside && (
          <section className={classes.card} aria-labelledby="phone-messages">
            <h2 id="phone-messages" className={classes.subtitle}>
              {t("phone.voicemail.title")}
            </h2>
            <p className={classes.words} role="status">
              {nMessages === undefined ? t("phone.voicemail.unknown") : t("phone.voicemail.new", { count: nMessages })}
            </p>
            <Button size="xs" variant="default" disabled={line !== "ready"} onClick={() => void phone.call(VOICEMAIL, t("phone.voicemail.title"))}>
              {t("phone.voicemail.listen")}
            </Button>
          </section>
        )}
        {!isOutside && <Queues holder={holder} />}
        <PastCalls phone={phone} calls={history} />
        <Suspense>
          <SoundSettings phone={phone} choice={choice} />
          <NetworkTest phone={phone} isReady={line === "ready"} />
        </Suspense>
      </div>
    </div>
  );
}

/** Where people hear their messages. */
const VOICEMAIL = "*97";

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Phone.module.css";
import type { PastCall } from "./history";
import type { Phone } from "./phone";
import { clock } from "./target";

const SHOWN_MAX = 20;

/** The calls of this browser, the newest first; each can be called again. */
export function PastCalls({ phone, calls }: { phone: Phone; calls: readonly PastCall[] }) {
  const { t, i18n } = useTranslation();
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" });
  return (
    <section className={classes.card} aria-labelledby="phone-history">
      <div className={classes.head}>
        <h2 id="phone-history" className={classes.subtitle}>
          {t("phone.history.title")}
        </h2>
        {calls.length > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => phone.clearHistory()}>
            {t("phone.history.clear")}
          </Button>
        )}
      </div>
      {calls.length === 0 && <p className={classes.words}>{t("phone.history.empty")}</p>}
      <ul className={classes.past}>
        {calls.slice(0, SHOWN_MAX).map(({ id, at, direction, name, number, outcome, seconds }) => (
          <li key={id}>
            <button type="button" className={classes.choice} onClick={() => void phone.call(number, name)}>
              <strong>{name === "" ? number : name}</strong>{" "}
              <span className={classes.quiet}>
                {t(`phone.history.${direction}.${outcome}`)}
                {outcome === "answered" && ` ${clock(seconds)}`} · {when.format(new Date(at))}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { outdateAll } from "../api/queries";
import { reachability } from "../api/reachability";
import { Icon } from "../ui/Icon";
import classes from "./ServerAway.module.css";

/** How long it is said that the server is back. */
const BACK_SHOWN_MILLIS = 4_000;

/** Says when the server does not answer, and when it is back. Forms stay as they are. */
export function ServerAway() {
  const { t } = useTranslation();
  const isAway = useSyncExternalStore(reachability.subscribe, reachability.isAway);
  const wasAway = useRef(false);
  const [isBack, setIsBack] = useState(false);
  useEffect(() => {
    const cameBack = wasAway.current && !isAway;
    wasAway.current = isAway;
    setIsBack(cameBack);
    if (!cameBack) return undefined;
    outdateAll();
    const timer = setTimeout(() => setIsBack(false), BACK_SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [isAway]);
  return (
    <div role="status">
      {isAway && (
        <p className={classes.away}>
          <Icon name="warning" /> {t("shell.away")}
        </p>
      )}
      {!isAway && isBack && (
        <p className={classes.back}>
          <Icon name="check" /> {t("shell.back")}
        </p>
      )}
    </div>
  );
}

import type { ReactNode } from "react";
import { Icon } from "./Icon";
import classes from "./State.module.css";

/** How something stands, never by its color alone. */
export function State({ is, children }: { is: "fine" | "bad" | "warned" | "quiet"; children: ReactNode }) {
  return (
    <span className={`${classes.state} ${classes[is]}`}>
      {is === "fine" && <Icon name="check" size={15} />}
      {is === "bad" && <Icon name="close" size={15} />}
      {is === "warned" && <Icon name="warning" size={15} />}
      {children}
    </span>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { ProblemNotice } from "../ui/ProblemNotice";
import classes from "./Phone.module.css";
import { peopleQuery } from "./queries";

/** In the demo somebody chooses whose phone the browser is. */
export function WhoToBe({ tenant }: { tenant: string }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(peopleQuery({ tenant }, ""));
  return (
    <section className={classes.card}>
      <h1 className={classes.title}>{t("phone.who.title")}</h1>
      <p>{t("phone.who.words")}</p>
      <ProblemNotice error={error} />
      <ul className={classes.choices}>
        {data?.map(({ id, display_name: name, extension }) => (
          <li key={id}>
            <Link to={paths.phone} search={{ tenant, as: extension }} className={classes.choice}>
              <strong>{name}</strong> {extension}
            </Link>
          </li>
        ))}
        <li>
          <Link to={paths.phone} search={{ tenant, as: "outside" }} className={classes.choice}>
            <strong>{t("phone.who.outside")}</strong> {OUTSIDE}
          </Link>
        </li>
      </ul>
    </section>
  );
}

/** What somebody outside shows; it is nobody's, like all numbers with 555 01. */
export const OUTSIDE = "+12065550143";

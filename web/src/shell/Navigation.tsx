import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { useMay } from "../session/me";
import { useTenant } from "../session/tenant";
import { Icon } from "../ui/Icon";
import classes from "./Navigation.module.css";
import { type Entry, shown } from "./sections";

/** The pages that somebody may see, in the order of the work. */
export function Navigation({ onGone }: { onGone: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <nav aria-label={t("shell.navigation")} className={classes.navigation}>
      {shown(may).map(({ name, icon, entries }) => {
        const [only, ...others] = entries;
        if (only !== undefined && others.length === 0) {
          return (
            <ul key={name} className={classes.list}>
              <Item entry={only} onGone={onGone} icon={<Icon name={icon} />} />
            </ul>
          );
        }
        return (
          <div key={name}>
            <h2 className={classes.group}>
              <Icon name={icon} /> {t(`navigation.${name}`)}
            </h2>
            <ul className={classes.list}>
              {entries.map((entry) => (
                <Item key={entry.section} entry={entry} onGone={onGone} />
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

function Item({ entry, icon, onGone }: { entry: Entry; icon?: React.ReactNode; onGone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  return (
    <li>
      <Link
        to={paths.section(tenant, entry.section)}
        className={icon ? classes.single : classes.item}
        activeProps={{ className: classes.active }}
        onClick={onGone}
      >
        {icon}
        {t(`section.${entry.section}`)}
      </Link>
    </li>
  );
}

import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { useMay, useRunsServer } from "../session/me";
import { Frame } from "./Frame";
import classes from "./Navigation.module.css";
import { shownOfProvider } from "./provider";

/** What stands around pages of who runs the server, or sells to organizations. */
export function ProviderShell() {
  const { t } = useTranslation();
  const may = useMay();
  const runsServer = useRunsServer();
  const entries = shownOfProvider(may, runsServer).map(({ section }) => ({ to: paths.provider(section), words: t(`provider.${section}`) }));
  const all = [{ to: paths.tenants, words: t("tenants.title") }, ...entries];
  return (
    <Frame
      place={<Text size="sm">{t("provider.title")}</Text>}
      navigation={(onGone) => (
        <nav aria-label={t("shell.navigation")} className={classes.navigation}>
          <ul className={classes.list}>
            {all.map(({ to, words }) => (
              <li key={to}>
                <Link to={to} className={classes.single} activeProps={{ className: classes.active }} onClick={onGone}>
                  {words}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    />
  );
}

import { ActionIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { SidePanel } from "../ui/SidePanel";
import { AccountMenu } from "./AccountMenu";
import { Preferences } from "./Preferences";
import { ServerAway } from "./ServerAway";
import { SessionEnded } from "./SessionEnded";
import classes from "./Shell.module.css";

type FrameProps = {
  /** Whose pages these are. */
  place: ReactNode;
  navigation: (onGone: () => void) => ReactNode;
};

/** What stands around a page: whose it is, where else one may go, and who is signed in. */
export function Frame({ place, navigation }: FrameProps) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <div className={classes.page}>
      <a href="#main" className={classes.skip}>
        {t("shell.skip")}
      </a>
      <header className={classes.header}>
        <ActionIcon className={classes.burger} variant="subtle" size="lg" aria-label={t("shell.menu")} onClick={open}>
          <Icon name="menu" />
        </ActionIcon>
        <span className={classes.name}>Trunkline</span>
        {place}
        <span className={classes.space} />
        <Preferences />
        <AccountMenu />
      </header>
      <ServerAway />
      <SessionEnded />
      <div className={classes.body}>
        <div className={classes.side}>{navigation(close)}</div>
        {isOpen && (
          <SidePanel title="Trunkline" at="start" onClose={close}>
            {navigation(close)}
          </SidePanel>
        )}
        <main id="main" className={classes.main} tabIndex={-1}>
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}

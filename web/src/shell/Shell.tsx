import { ActionIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { follow, look } from "../api/events";
import { useMay } from "../session/me";
import { useTenant } from "../session/tenant";
import { Icon } from "../ui/Icon";
import { SidePanel } from "../ui/SidePanel";
import { AccountMenu } from "./AccountMenu";
import { Navigation } from "./Navigation";
import { Preferences } from "./Preferences";
import { ServerAway } from "./ServerAway";
import { SessionEnded } from "./SessionEnded";
import classes from "./Shell.module.css";
import { TenantChoice } from "./TenantChoice";

/** What stands around each page of an organization. */
export function Shell() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const mayFollow = may("audit.read");
  const [isOpen, { open, close }] = useDisclosure(false);
  useEffect(() => (mayFollow ? follow(tenant) : look(tenant)), [tenant, mayFollow]);
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
        <TenantChoice />
        <span className={classes.space} />
        <Preferences />
        <AccountMenu />
      </header>
      <ServerAway />
      <SessionEnded />
      <div className={classes.body}>
        <div className={classes.side}>
          <Navigation onGone={close} />
        </div>
        {isOpen && (
          <SidePanel title="Trunkline" at="start" onClose={close}>
            <Navigation onGone={close} />
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

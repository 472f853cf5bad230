import { ActionIcon, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { signOut, useMay, useMe } from "../session/me";
import { Icon } from "../ui/Icon";

/** Who is signed in, and how to leave. */
export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const may = useMay();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t("shell.account", { name: me.name })}>
          <Icon name="account" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email ?? me.name}</Menu.Label>
        {me.tenant == null && may("tenants.read") && (
          <Menu.Item component={Link} to={paths.tenants}>
            {t("tenants.title")}
          </Menu.Item>
        )}
        {me.kind === "account" && (
          <Menu.Item component={Link} to={paths.account}>
            {t("own.title")}
          </Menu.Item>
        )}
        <Menu.Item component={Link} to={paths.phone}>
          {t("phone.open")}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t("shell.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

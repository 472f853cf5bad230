import { NativeSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { useMe } from "../session/me";
import { useTenant } from "../session/tenant";
import { tenantsQuery } from "../session/tenants";
import classes from "./TenantChoice.module.css";

/** The organization whose pages are shown, and others that somebody may open. */
export function TenantChoice() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { data: tenants = [] } = useQuery(tenantsQuery(useMe()));
  const shown = tenants.find(({ slug, id }) => slug === tenant || id === tenant);
  if (tenants.length < 2) return <Text size="sm">{shown?.name ?? tenant}</Text>;
  return (
    <NativeSelect
      size="xs"
      className={classes.choice}
      aria-label={t("shell.tenant")}
      value={shown?.slug ?? tenant}
      onChange={({ currentTarget: { value } }) => void navigate({ to: paths.section(value, "home") })}
      data={tenants.map(({ slug, name }) => ({ value: slug, label: name }))}
    />
  );
}

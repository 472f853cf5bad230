import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../../paths";
import { useMay, useMe } from "../../session/me";
import { tenantsQuery } from "../../session/tenants";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import classes from "./Tenants.module.css";

/** The organizations that somebody may open. */
export function Tenants() {
  const { t } = useTranslation();
  const may = useMay();
  const { data, error } = useQuery(tenantsQuery(useMe()));
  return (
    <Page
      title={t("tenants.title")}
      actions={
        may("tenants.write") && (
          <Button component={Link} to={paths.newTenant}>
            {t("tenants.new")}
          </Button>
        )
      }
    >
      <ProblemNotice error={error} />
      <ul className={classes.list}>
        {data?.map(({ id, slug, name }) => (
          <li key={id}>
            <Link to={paths.section(slug, "home")}>{name}</Link> <span className={classes.slug}>{slug}</span>
          </li>
        ))}
      </ul>
    </Page>
  );
}

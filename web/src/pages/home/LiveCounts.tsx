import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { callsQuery, devicesQuery } from "../live/queries";
import classes from "./Home.module.css";

/** How many calls go on, and how many phones are there. */
export function LiveCounts() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const calls = useQuery(callsQuery(tenant));
  const devices = useQuery({ ...devicesQuery(tenant), enabled: may("devices.read") });
  return (
    <ul className={classes.counts} aria-label={t("home.live")}>
      <li>
        <strong>{calls.data?.items.length ?? "–"}</strong>
        <Link to={paths.section(tenant, "live")}>{t("home.calls")}</Link>
      </li>
      {may("devices.read") && (
        <li>
          <strong>{devices.data?.items.length ?? "–"}</strong>
          <Link to={paths.section(tenant, "devices")}>{t("home.devices")}</Link>
        </li>
      )}
    </ul>
  );
}

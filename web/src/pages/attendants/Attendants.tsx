import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AutoAttendant } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { AttendantPanel } from "./AttendantPanel";

/** The auto attendants of an organization. */
export function Attendants() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const add = may("auto_attendants.write") && (
    <Button component={Link} to={paths.newAttendant(tenant)}>
      {t("attendants.add")}
    </Button>
  );
  return (
    <Page title={t("section.attendants")} actions={add}>
      <List<AutoAttendant>
        definition={useDefinition()}
        remove={
          may("auto_attendants.write") && {
            act: ({ id = "" }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/auto-attendants/{attendant}", { params: { path: { tenant, attendant: id } } })),
            effect: t("attendants.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["auto_attendant"])),
          }
        }
        empty={
          <>
            <p>{t("attendants.empty")}</p>
            {add}
          </>
        }
      />
      {view.open !== "" && <AttendantPanel id={view.open} onClose={() => show({ open: "" })} />}
    </Page>
  );
}

function useDefinition(): ListDefinition<AutoAttendant> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "attendants",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(
          api.GET("/api/v1/tenants/{tenant}/auto-attendants", {
            params: { path: { tenant }, query: { cursor } },
            signal,
          }),
        ),
    },
    columns: [
      { id: "name", title: t("attendants.name"), text: ({ name }) => name, width: 1.5 },
      {
        id: "keys",
        title: t("attendants.keys"),
        text: ({ default_flow }) => default_flow.menu.options.map(({ key }) => key).join(", "),
        width: 1.3,
      },
      {
        id: "hours",
        title: t("attendants.hours"),
        text: ({ associations = [] }) => t("attendants.schedules", { count: associations.length }),
        width: 1.2,
      },
      { id: "timeZone", title: t("flow.timeZone"), text: ({ time_zone }) => time_zone, width: 1.2 },
      { id: "language", title: t("flow.language"), text: ({ language }) => language },
    ],
    idOf: ({ id = "" }) => id,
    nameOf: ({ name }) => name,
    nouns: ["auto_attendant"],
  };
}

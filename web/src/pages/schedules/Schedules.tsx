import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schedule } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { NewSchedule } from "./NewSchedule";
import { SchedulePanel } from "./SchedulePanel";
import { DAYS, weekOf } from "./week";

/** Hours of the week, and holidays. */
export function Schedules() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = may("schedules.write") && <Button onClick={() => show({ open: "new" })}>{t("schedules.add")}</Button>;
  return (
    <Page title={t("section.schedules")} actions={add}>
      <List<Schedule>
        definition={useDefinition()}
        remove={
          may("schedules.write") && {
            act: ({ id = "" }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/schedules/{schedule}", { params: { path: { tenant, schedule: id } } })),
            effect: t("schedules.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["schedule"])),
          }
        }
        empty={
          <>
            <p>{t("schedules.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("schedules.add")} onClose={close}>
          <NewSchedule onDone={close} />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && <SchedulePanel id={view.open} onClose={close} />}
    </Page>
  );
}

function useDefinition(): ListDefinition<Schedule> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const when = ({ rule }: Schedule): string => {
    switch (rule.type) {
      case "weekly": {
        const week = weekOf(rule);
        const days = DAYS.flatMap((day) => (week[day] === "" ? [] : `${t(`day.${day}`)} ${week[day]}`));
        return days.join("; ");
      }
      case "fixed":
        return rule.ranges.map(({ start, end }) => `${start} – ${end}`).join("; ");
      case "yearly":
        return rule.days.map(({ name }) => name).join(", ");
    }
  };
  return {
    name: "schedules",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(
          api.GET("/api/v1/tenants/{tenant}/schedules", { params: { path: { tenant }, query: { cursor } }, signal }),
        ),
    },
    columns: [
      { id: "name", title: t("schedules.name"), text: ({ name }) => name, width: 1.2 },
      { id: "type", title: t("schedules.type"), text: ({ rule }) => t(`schedules.types.${rule.type}`) },
      { id: "when", title: t("schedules.when"), text: when, width: 4 },
    ],
    idOf: ({ id = "" }) => id,
    nameOf: ({ name }) => name,
    nouns: ["schedule"],
  };
}

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/__generated__/schema";
import { answer, api, ifMatch } from "../../api/client";
import { outdate } from "../../api/queries";
import { namedQuery } from "../../choices/named";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition, Params } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { ImportPanel } from "../import/ImportPanel";
import { BulkChange } from "./BulkChange";
import { BulkLicenses } from "./BulkLicenses";
import { NewPerson } from "./NewPerson";
import { Person } from "./Person";

/** The people of an organization. */
export function People() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = <Button onClick={() => show({ open: "new" })}>{t("people.add")}</Button>;
  return (
    <Page
      title={t("section.people")}
      actions={
        may("users.write") && (
          <>
            {add}
            <Button variant="default" onClick={() => show({ open: "import" })}>
              {t("people.import")}
            </Button>
          </>
        )
      }
    >
      <List<User>
        definition={useDefinition()}
        remove={
          may("users.write") && {
            act: ({ id }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/users/{user}", { params: { path: { tenant, user: id }, header: ifMatch(undefined) } })),
            effect: t("people.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["user", "number", "license"])),
          }
        }
        bulk={(rows, onDone) => (
          <>
            {may("licenses.write") && <BulkLicenses people={rows} onDone={onDone} />}
            {may("users.write") && <BulkChange people={rows} onDone={onDone} />}
          </>
        )}
        empty={
          <>
            <p>{t("people.empty")}</p>
            {may("users.write") && add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("people.add")} onClose={close}>
          <NewPerson onDone={close} />
        </SidePanel>
      )}
      {view.open === "import" && (
        <SidePanel title={t("people.import")} onClose={close}>
          <ImportPanel noun="users" />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && view.open !== "import" && <Person id={view.open} onClose={close} />}
    </Page>
  );
}

const NO_PLANS: readonly { id: string; name: string }[] = [];

function useDefinition(): ListDefinition<User> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data: plans = NO_PLANS } = useQuery(namedQuery(tenant, "plan"));
  // The same as long as nothing changes that it is made of: rows that are drawn stay as they are.
  return useMemo(() => definitionOf(t, tenant, plans), [t, tenant, plans]);
}

function definitionOf(t: TFunction, tenant: string, plans: readonly { id: string; name: string }[]): ListDefinition<User> {
  const planOf = (id: string) => plans.find((plan) => plan.id === id)?.name ?? id;
  const yesNo = [
    { value: "true", label: t("yes") },
    { value: "false", label: t("no") },
  ];
  return {
    name: "people",
    tenant,
    where: {
      by: "api",
      search: (text): Params => (/^\d+$/.test(text) ? { extension: text } : { display_name: text }),
      load: ({ params: { enabled, ...params }, cursor, signal }) => {
        const query = { ...params, enabled: enabled === undefined ? undefined : enabled === "true", cursor };
        return answer(api.GET("/api/v1/tenants/{tenant}/users", { params: { path: { tenant }, query }, signal }));
      },
    },
    columns: [
      { id: "name", title: t("people.name"), text: ({ display_name }) => display_name, sort: "display_name", width: 1.4 },
      { id: "extension", title: t("people.extension"), text: ({ extension }) => extension, sort: "extension", width: 0.8 },
      { id: "numbers", title: t("people.numbers"), text: ({ numbers }) => numbers.join(", "), width: 1.2 },
      { id: "licenses", title: t("people.licenses"), text: ({ licenses }) => licenses.map(planOf).join(", "), width: 1.4 },
      { id: "site", title: t("people.site"), text: ({ site }) => site?.name ?? "" },
      {
        id: "devices",
        title: t("people.devices"),
        text: ({ registrations }) => t("people.registered", { count: registrations.length }),
        cell: ({ registrations }) => (
          <State is={registrations.length > 0 ? "fine" : "quiet"}>
            {t("people.registered", { count: registrations.length })}
          </State>
        ),
        width: 1.1,
      },
      { id: "presence", title: t("people.presence"), text: ({ presence }) => t(`presence.${presence}`) },
      { id: "department", title: t("people.department"), text: ({ department }) => department ?? "", isHidden: true },
      { id: "email", title: t("people.email"), text: ({ email }) => email ?? "", isHidden: true, width: 1.4 },
      {
        id: "enabled",
        title: t("people.enabled"),
        text: ({ enabled }) => (enabled ? t("yes") : t("no")),
        isHidden: true,
        width: 0.7,
      },
    ],
    filters: [
      { id: "department", title: t("people.department") },
      { id: "site", title: t("people.site") },
      { id: "enabled", title: t("people.enabled"), choices: yesNo },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ display_name }) => display_name,
    nouns: ["user", "license", "number", "device", "presence", "site"],
  };
}

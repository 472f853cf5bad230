import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ResourceAccount } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { namedQuery } from "../../choices/named";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { NewResourceAccount } from "./NewResourceAccount";
import { ResourceAccountPanel } from "./ResourceAccountPanel";

/** What service numbers are assigned to. */
export function ResourceAccounts() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = <Button onClick={() => show({ open: "new" })}>{t("accounts.add")}</Button>;
  return (
    <Page title={t("section.resource-accounts")} actions={may("resource_accounts.write") && add}>
      <List<ResourceAccount>
        definition={useDefinition()}
        remove={
          may("resource_accounts.write") && {
            act: ({ id }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/resource-accounts/{account}", { params: { path: { tenant, account: id } } })),
            effect: t("accounts.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["resource_account", "number"])),
          }
        }
        empty={
          <>
            <p>{t("accounts.empty")}</p>
            {may("resource_accounts.write") && add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("accounts.add")} onClose={close}>
          <NewResourceAccount onDone={close} />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && <ResourceAccountPanel id={view.open} onClose={close} />}
    </Page>
  );
}

function useDefinition(): ListDefinition<ResourceAccount> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const attendants = useQuery(namedQuery(tenant, "auto_attendant")).data ?? [];
  const queues = useQuery(namedQuery(tenant, "call_queue")).data ?? [];
  const nameOf = (id: string | undefined) => [...attendants, ...queues].find((app) => app.id === id)?.name ?? "";
  return {
    name: "resource-accounts",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(
          api.GET("/api/v1/tenants/{tenant}/resource-accounts", {
            params: { path: { tenant }, query: { cursor } },
            signal,
          }),
        ),
    },
    columns: [
      { id: "name", title: t("accounts.name"), text: ({ display_name }) => display_name, width: 1.5 },
      { id: "app", title: t("accounts.app"), text: ({ app }) => nameOf(app?.id), width: 1.5 },
      {
        id: "type",
        title: t("accounts.type"),
        text: ({ app }) => (app ? t(`target.${app.type}`) : t("accounts.none")),
      },
      { id: "numbers", title: t("accounts.numbers"), text: ({ numbers }) => numbers.join(", "), width: 1.5 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ display_name }) => display_name,
    nouns: ["resource_account", "number"],
  };
}

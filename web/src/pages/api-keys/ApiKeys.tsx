import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ApiKey } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { NewApiKey } from "./NewApiKey";

/** Keys with which programs use the API. */
export function ApiKeys() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const definition = useDefinition();
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  const add = may("api_keys.write") && <Button onClick={() => show({ open: "new" })}>{t("keys.add")}</Button>;
  return (
    <Page title={t("section.api-keys")} actions={add}>
      <List
        definition={definition}
        empty={
          <>
            <p>{t("keys.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("keys.add")} onClose={close}>
          <NewApiKey onDone={close} />
        </SidePanel>
      )}
      {open && (
        <SidePanel title={open.name} onClose={close}>
          <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
          {may("api_keys.write") && (
            <DeleteButton
              label={t("keys.revoke")}
              effect={t("keys.revokeEffect")}
              act={() =>
                answer(
                  api.DELETE("/api/v1/tenants/{tenant}/api-keys/{key}", { params: { path: { tenant, key: open.id } } }),
                )
              }
              onDone={() => {
                outdate(tenant, new Set(["api_key"]));
                close();
              }}
            />
          )}
        </SidePanel>
      )}
    </Page>
  );
}

function useDefinition(): ListDefinition<ApiKey> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "api-keys",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(
          api.GET("/api/v1/tenants/{tenant}/api-keys", { params: { path: { tenant }, query: { cursor } }, signal }),
        ),
    },
    columns: [
      { id: "name", title: t("keys.name"), text: ({ name }) => name, width: 1.5 },
      { id: "roles", title: t("keys.roles"), text: ({ roles }) => roles.map(({ role }) => role).join(", "), width: 1.5 },
      { id: "made", title: t("keys.made"), text: ({ created_at }) => moment(created_at), order: ({ created_at }) => instantOf(created_at), width: 2.2 },
      { id: "used", title: t("keys.used"), text: ({ last_used_at }) => moment(last_used_at), order: ({ last_used_at }) => instantOf(last_used_at), width: 2.2 },
      { id: "expires", title: t("keys.expires"), text: ({ expires_at }) => moment(expires_at), order: ({ expires_at }) => instantOf(expires_at), width: 2.2 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["api_key"],
  };
}

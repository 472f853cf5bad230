import { useTranslation } from "react-i18next";
import type { Registration } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { instantOf, moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";

/** The phones that are registered now. */
export function Devices() {
  const { t } = useTranslation();
  const { view, show } = useView();
  const definition = useDefinition();
  const open = useRows(definition, view).rows.find((row) => definition.idOf(row) === view.open);
  return (
    <Page title={t("section.devices")}>
      <List definition={definition} empty={<p>{t("devices.empty")}</p>} />
      {open && (
        <SidePanel title={open.display_name ?? t("devices.one")} onClose={() => show({ open: "" })}>
          <Facts
            facts={[
              ...definition.columns.map(({ title, text }) => [title, text(open)] as const),
              [t("devices.contact"), open.contact],
            ]}
          />
        </SidePanel>
      )}
    </Page>
  );
}

function useDefinition(): ListDefinition<Registration> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "devices",
    tenant,
    where: {
      by: "page",
      load: ({ signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/devices", { params: { path: { tenant } }, signal })),
    },
    columns: [
      { id: "person", title: t("devices.person"), text: ({ display_name }) => display_name ?? "", width: 1.3 },
      { id: "extension", title: t("people.extension"), text: ({ extension }) => extension ?? "", width: 0.8 },
      { id: "model", title: t("devices.model"), text: ({ user_agent }) => user_agent ?? "", width: 1.6 },
      { id: "address", title: t("devices.address"), text: ({ remote }) => remote, width: 1.4 },
      { id: "transport", title: t("devices.transport"), text: ({ transport }) => transport.toUpperCase() },
      { id: "since", title: t("devices.since"), text: ({ registered_at }) => moment(registered_at), order: ({ registered_at }) => instantOf(registered_at), width: 2.2 },
      { id: "until", title: t("devices.until"), text: ({ expires_at }) => moment(expires_at), order: ({ expires_at }) => instantOf(expires_at), width: 2.2, isHidden: true },
    ],
    idOf: ({ user, contact }) => `${user} ${contact}`,
    nameOf: ({ display_name, remote }) => display_name ?? remote,
    nouns: ["device", "user"],
  };
}

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Group } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { GroupPanel } from "./GroupPanel";
import { NewGroup } from "./NewGroup";

/** People who are treated alike. */
export function Groups() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = may("groups.write") && <Button onClick={() => show({ open: "new" })}>{t("groups.add")}</Button>;
  return (
    <Page title={t("section.groups")} actions={add}>
      <List<Group>
        definition={useDefinition()}
        remove={
          may("groups.write") && {
            act: ({ id }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/groups/{group}", { params: { path: { tenant, group: id } } })),
            effect: t("groups.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["group", "user", "license"])),
          }
        }
        empty={
          <>
            <p>{t("groups.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("groups.add")} onClose={close}>
          <NewGroup onDone={close} />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && <GroupPanel id={view.open} onClose={close} />}
    </Page>
  );
}

function useDefinition(): ListDefinition<Group> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "groups",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/groups", { params: { path: { tenant }, query: { cursor } }, signal })),
    },
    columns: [
      { id: "name", title: t("groups.name"), text: ({ name }) => name, width: 1.5 },
      { id: "members", title: t("groups.members"), text: ({ members }) => String(members), width: 0.8 },
      { id: "licenses", title: t("people.licenses"), text: ({ licenses }) => licenses.join(", "), width: 1.5 },
      {
        id: "failed",
        title: t("groups.failed"),
        text: ({ failed }) => String(failed),
        cell: ({ failed }) => <State is={failed > 0 ? "bad" : "quiet"}>{failed}</State>,
      },
      { id: "description", title: t("groups.description"), text: ({ description }) => description ?? "", width: 1.5 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["group", "license"],
  };
}

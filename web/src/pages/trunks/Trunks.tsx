import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Trunk } from "../../api/__generated__/schema";
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
import { NewTrunk } from "./NewTrunk";
import { TrunkPanel } from "./TrunkPanel";

/** The ways to and from the public network. */
export function Trunks() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = may("trunks.write") && <Button onClick={() => show({ open: "new" })}>{t("trunks.add")}</Button>;
  return (
    <Page title={t("section.trunks")} actions={add}>
      <List<Trunk>
        definition={useDefinition()}
        remove={
          may("trunks.write") && {
            act: ({ id }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/trunks/{trunk}", { params: { path: { tenant, trunk: id } } })),
            effect: t("trunks.deleteEffect"),
            onDone: () => outdate(tenant, new Set(["trunk"])),
          }
        }
        empty={
          <>
            <p>{t("trunks.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("trunks.add")} onClose={close}>
          <NewTrunk onDone={close} />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && <TrunkPanel id={view.open} onClose={close} />}
    </Page>
  );
}

function useDefinition(): ListDefinition<Trunk> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const stateOf = (enabled: boolean) => (enabled ? t("trunks.on") : t("trunks.off"));
  return {
    name: "trunks",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/trunks", { params: { path: { tenant }, query: { cursor } }, signal })),
    },
    columns: [
      { id: "name", title: t("trunks.name"), text: ({ name }) => name, width: 1.4 },
      {
        id: "state",
        title: t("trunks.state"),
        text: ({ enabled }) => stateOf(enabled),
        cell: ({ enabled }) => <State is={enabled ? "fine" : "bad"}>{stateOf(enabled)}</State>,
      },
      { id: "host", title: t("trunks.host"), text: ({ host, port }) => (port ? `${host}:${port}` : host), width: 1.5 },
      { id: "transport", title: t("trunks.transport"), text: ({ transport }) => transport.toUpperCase() },
      { id: "srtp", title: t("trunks.srtp"), text: ({ srtp }) => t(`trunks.srtps.${srtp}`) },
      { id: "sources", title: t("trunks.sources"), text: ({ sources }) => sources.join(", "), width: 1.4 },
      { id: "callsMax", title: t("trunks.callsMax"), text: ({ calls_max }) => String(calls_max ?? "") },
      { id: "description", title: t("trunks.description"), text: ({ description }) => description ?? "", isHidden: true },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["trunk"],
  };
}

import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Penalty } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { SERVER } from "../../shell/provider";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";

const NOUNS = ["penalty"] as const;

/** Addresses from which passwords are guessed, and which are refused for it. */
export function Penalties() {
  const { t } = useTranslation();
  const may = useMay();
  const { view, show } = useView();
  const isRefused = ({ refused_until }: Penalty) => refused_until != null && Date.parse(refused_until) > Date.now();
  const stateOf = (penalty: Penalty) => (isRefused(penalty) ? t("penalties.refused") : t("penalties.heard"));
  const definition: ListDefinition<Penalty> = {
    name: "penalties",
    tenant: SERVER,
    where: { by: "page", load: ({ signal }) => answer(api.GET("/api/v1/penalties", { signal })) },
    columns: [
      { id: "address", title: t("penalties.address"), text: ({ address }) => address, width: 1.4 },
      {
        id: "state",
        title: t("live.state"),
        text: stateOf,
        cell: (penalty) => <State is={isRefused(penalty) ? "bad" : "warned"}>{stateOf(penalty)}</State>,
      },
      { id: "failures", title: t("penalties.failures"), text: ({ failures }) => String(failures) },
      { id: "last", title: t("penalties.last"), text: ({ last_failure_at }) => moment(last_failure_at), order: ({ last_failure_at }) => instantOf(last_failure_at), width: 1.6 },
      { id: "until", title: t("penalties.until"), text: ({ refused_until }) => moment(refused_until), order: ({ refused_until }) => instantOf(refused_until), width: 1.6 },
    ],
    idOf: ({ address }) => address,
    nameOf: ({ address }) => address,
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ address }) => address === view.open);
  const close = () => show({ open: "" });
  return (
    <Page title={t("provider.penalties")}>
      <List definition={definition} empty={<p>{t("penalties.empty")}</p>} />
      {open !== undefined && (
        <SidePanel title={open.address} onClose={close}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            {may("penalties.act") && (
              <>
                <Text size="sm">{t("penalties.effect")}</Text>
                <ActionButton
                  act={() => answer(api.DELETE("/api/v1/penalties/{address}", { params: { path: { address: open.address } } }))}
                  onDone={() => {
                    outdate(SERVER, new Set(NOUNS));
                    close();
                  }}
                >
                  {t("penalties.release")}
                </ActionButton>
              </>
            )}
          </Stack>
        </SidePanel>
      )}
    </Page>
  );
}

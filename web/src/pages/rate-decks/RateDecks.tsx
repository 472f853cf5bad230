import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RateDeck } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { SERVER } from "../../shell/provider";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { DeckPanel } from "./DeckPanel";
import { ImportDeck } from "./ImportDeck";
import { DIRECTIONS, NOUNS, validity } from "./decks";

/** Rate decks: what calls cost. A version is never changed; a file of the same name is the next one. */
export function RateDecks() {
  const { t } = useTranslation();
  const mayWrite = useMay()("credits.write");
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const directionOf = ({ direction }: RateDeck) => {
    const known = DIRECTIONS.find((one) => one === direction);
    return known === undefined ? direction : t(`decks.directions.${known}`);
  };
  const definition: ListDefinition<RateDeck> = {
    name: "rate-decks",
    tenant: SERVER,
    where: { by: "page", load: ({ signal }) => answer(api.GET("/api/v1/rate-decks", { signal })) },
    columns: [
      { id: "name", title: t("decks.name"), text: ({ name }) => name, width: 1.4 },
      { id: "version", title: t("decks.version"), text: ({ version }) => String(version), width: 0.7 },
      {
        id: "holds",
        title: t("live.state"),
        text: (deck) => t(`decks.holds.${validity(deck, Date.now())}`),
        cell: (deck) => {
          const holds = validity(deck, Date.now());
          return <State is={holds === "now" ? "fine" : "quiet"}>{t(`decks.holds.${holds}`)}</State>;
        },
      },
      { id: "direction", title: t("decks.direction"), text: directionOf, width: 1.4 },
      { id: "currency", title: t("decks.currency"), text: ({ currency }) => currency, width: 0.7 },
      { id: "rates", title: t("decks.rates"), text: ({ rates }) => String(rates), width: 0.7 },
      { id: "from", title: t("decks.from"), text: ({ valid_from }) => moment(valid_from), order: ({ valid_from }) => instantOf(valid_from), width: 1.8 },
      { id: "to", title: t("decks.to"), text: ({ valid_to }) => moment(valid_to), order: ({ valid_to }) => instantOf(valid_to), width: 1.8 },
      { id: "zone", title: t("flow.timeZone"), text: ({ time_zone }) => time_zone, isHidden: true },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name, version }) => `${name} ${version}`,
    nouns: NOUNS,
  };
  const { rows } = useRows(definition, { ...view, q: "", filters: {} });
  const open = rows.find(({ id }) => id === view.open);
  const add = mayWrite && <Button onClick={() => show({ open: "new" })}>{t("decks.import")}</Button>;
  return (
    <Page title={t("provider.rate-decks")} actions={add}>
      <List<RateDeck>
        definition={definition}
        remove={
          mayWrite && {
            act: ({ id }) => answer(api.DELETE("/api/v1/rate-decks/{deck}", { params: { path: { deck: id } } })),
            effect: t("decks.deleteEffect"),
            onDone: () => outdate(SERVER, new Set(NOUNS)),
          }
        }
        empty={
          <>
            <p>{t("decks.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && (
        <SidePanel title={t("decks.import")} onClose={close}>
          <ImportDeck names={[...new Set(rows.map(({ name }) => name))]} />
        </SidePanel>
      )}
      {open !== undefined && (
        <SidePanel title={t("decks.one", { name: open.name, version: open.version })} onClose={close}>
          <DeckPanel
            deck={open}
            facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)}
            others={rows.filter(({ id, name }) => id !== open.id && name === open.name)}
            mayWrite={mayWrite}
            onGone={close}
          />
        </SidePanel>
      )}
    </Page>
  );
}

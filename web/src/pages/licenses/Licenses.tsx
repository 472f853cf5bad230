import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { License } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { amount, microsOf } from "../../format/money";
import { instantOf, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import { Seats } from "./Seats";

/** The licenses that an organization has seats of. */
export function Licenses() {
  const { t } = useTranslation();
  const may = useMay();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const tenant = useTenant();
  const add = <Button onClick={() => show({ open: "new" })}>{t("licenses.add")}</Button>;
  return (
    <Page
      title={t("section.licenses")}
      actions={
        <>
          {may("licenses.write") && add}
          <Button component="a" variant="default" href={paths.licensesFile(tenant)} download="licenses.csv">
            {t("licenses.export")}
          </Button>
        </>
      }
    >
      <List
        definition={useDefinition()}
        empty={
          <>
            <p>{t("licenses.empty")}</p>
            {may("licenses.write") && add}
          </>
        }
      />
      {view.open !== "" && (
        <SidePanel title={view.open === "new" ? t("licenses.add") : t("licenses.seatsOf")} onClose={close}>
          <Seats plan={view.open === "new" ? "" : view.open} onDone={close} />
        </SidePanel>
      )}
    </Page>
  );
}

function useDefinition(): ListDefinition<License> {
  const { t } = useTranslation();
  const tenant = useTenant();
  const endOf = ({ ends_at, renewal, over }: License) => {
    if (ends_at == null) return "";
    return t(over ? "licenses.over" : renewal === "ends" ? "licenses.endsAt" : "licenses.renewsAt", { at: moment(ends_at) });
  };
  return {
    name: "licenses",
    tenant,
    where: {
      by: "page",
      load: ({ signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/licenses", { params: { path: { tenant } }, signal })),
    },
    columns: [
      { id: "name", title: t("licenses.name"), text: ({ name }) => name, width: 2 },
      { id: "plan", title: t("licenses.plan"), text: ({ id }) => id, width: 1.4 },
      { id: "seats", title: t("licenses.seats"), text: ({ seats }) => String(seats) },
      { id: "assigned", title: t("licenses.assigned"), text: ({ assigned }) => String(assigned) },
      { id: "available", title: t("licenses.available"), text: ({ available }) => String(available) },
      {
        id: "price",
        title: t("licenses.monthly"),
        text: ({ monthly_price: price }) => (price == null ? "" : amount(price.amount, price.currency)),
        order: ({ monthly_price: price }) => (price == null ? undefined : microsOf(price.amount)),
      },
      { id: "term", title: t("plans.term"), text: ({ term }) => (term == null ? t("licenses.noTerm") : t(`plans.terms.${term}`)), isHidden: true },
      {
        id: "ends",
        title: t("licenses.ends"),
        text: endOf,
        order: ({ ends_at }) => instantOf(ends_at) ?? Number.POSITIVE_INFINITY,
        cell: (license) => (license.over ? <State is="bad">{endOf(license)}</State> : endOf(license)),
        width: 2,
      },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["license", "subscription"],
  };
}

import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Site } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { TryRoute } from "../voice-routes/TryRoute";

/** Emergency locations: where help is sent, place by place, and what becomes of a call for help. */
export function Emergency() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { view, show } = useView();
  const { data: numbers } = useQuery({
    queryKey: keyOf(tenant, "emergency-numbers"),
    queryFn: async () => (await answer(api.GET("/api/v1/tenants/{tenant}", { params: { path: { tenant } } }))).emergency_numbers,
    enabled: may("tenants.read"),
    meta: { nouns: ["tenant"] },
  });
  const isMissing = ({ emergency_location }: Site) => (emergency_location ?? "").trim() === "";
  const definition: ListDefinition<Site> = {
    name: "emergency",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/sites", { params: { path: { tenant }, query: { cursor } }, signal })),
    },
    columns: [
      { id: "name", title: t("people.site"), text: ({ name }) => name, width: 1.2 },
      {
        id: "state",
        title: t("live.state"),
        text: (site) => (isMissing(site) ? t("emergency.missing") : t("emergency.known")),
        cell: (site) => <State is={isMissing(site) ? "bad" : "fine"}>{isMissing(site) ? t("emergency.missing") : t("emergency.known")}</State>,
        width: 1.2,
      },
      { id: "address", title: t("sites.location"), text: ({ emergency_location }) => emergency_location ?? "", width: 2.4 },
      { id: "country", title: t("sites.country"), text: ({ country }) => country ?? "", width: 0.7 },
    ],
    filters: [
      {
        id: "state",
        title: t("live.state"),
        choices: [t("emergency.missing"), t("emergency.known")].map((label) => ({ value: label, label })),
      },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    nouns: ["site"],
  };
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  return (
    <Page title={t("section.emergency")}>
      <Stack>
        <Text size="sm">{t("emergency.hint")}</Text>
        {numbers !== undefined && (
          <Text size="sm">
            {t("emergency.numbers")} <strong>{numbers.join(", ")}</strong>
          </Text>
        )}
        <List definition={definition} empty={<NoSites />} />
        {may("routing.act") && (
          <>
            <Title order={2} size="h4">
              {t("emergency.try")}
            </Title>
            <Text size="sm">{t("emergency.tryHint")}</Text>
            <TryRoute dialled={numbers?.[0]} />
          </>
        )}
      </Stack>
      {open !== undefined && (
        <SidePanel title={open.name} onClose={() => show({ open: "" })}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            <Link to={paths.section(tenant, "sites")} search={{ open: open.id }}>
              {t("emergency.change")}
            </Link>
          </Stack>
        </SidePanel>
      )}
    </Page>
  );
}

function NoSites() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  return (
    <>
      <p>{t("emergency.empty")}</p>
      {may("sites.write") && (
        <Link to={paths.section(tenant, "sites")} search={{ open: "new" }}>
          {t("sites.add")}
        </Link>
      )}
    </>
  );
}

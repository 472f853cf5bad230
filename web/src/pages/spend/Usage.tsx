import { NativeSelect, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { UsageLine } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, queryClient } from "../../api/queries";
import { namedQuery } from "../../choices/named";
import { type Chosen, peopleOf } from "../../choices/people";
import { amount, microsOf, sumOf } from "../../format/money";
import { duration, ownZone } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import credits from "../credits/Credits.module.css";
import { type Period, SPANS, periodOf } from "../reports/period";
import classes from "./Usage.module.css";
import { shareOf } from "./share";

const BY = ["destination", "person", "number", "department", "site", "account", "tag", "direction"] as const;
type By = (typeof BY)[number];
type Search = Partial<Record<string, string>>;

/** A line with what it is called. */
type Named = UsageLine & { name: string };

/** What calls cost, added up by what somebody asks. */
export function Usage({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (change: Search) => void navigate({ to: ".", search: { ...search, ...change, open: "" } });
  const by = BY.find((one) => one === search["by"]) ?? "destination";
  const span = SPANS.find((one) => one === search["span"]) ?? "30";
  const own = { since: search["since"] ?? "", until: search["until"] ?? "" };
  const [now] = useState(() => new Date());
  const period = useMemo(() => periodOf(span, now, { since: own.since, until: own.until }), [span, now, own.since, own.until]);
  return (
    <>
      <div className={classes.controls}>
        <NativeSelect
          label={t("spend.by")}
          value={by}
          onChange={(event) => set({ by: event.currentTarget.value, sort: "" })}
          data={BY.map((value) => ({ value, label: t(`spend.bys.${value}`) }))}
        />
        <NativeSelect
          label={t("reports.span")}
          value={span}
          onChange={(event) => set({ span: event.currentTarget.value })}
          data={SPANS.map((value) => ({ value, label: t(`reports.spans.${value}`) }))}
        />
        {span === "own" && (
          <>
            <TextInput type="date" label={t("reports.since")} value={own.since} onChange={(event) => set({ since: event.currentTarget.value })} />
            <TextInput type="date" label={t("reports.until")} value={own.until} onChange={(event) => set({ until: event.currentTarget.value })} />
          </>
        )}
        <Text size="sm" c="dimmed" pb={8}>
          {t("reports.zone", { zone: ownZone() })}
        </Text>
      </div>
      <Lines by={by} period={period} currency={currency} />
    </>
  );
}

function Lines({ by, period, currency }: { by: By; period: Period; currency: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const query = usageQuery(tenant, by, period);
  const { data: lines = [], error } = useQuery(query);
  const whole = sumOf(lines.map((line) => line.amount));
  const nameOf = (line: Named) => {
    if (line.name === "") return t("spend.nothing");
    return line.name === "outbound" || line.name === "toll_free_inbound" ? t(`spend.directions.${line.name}`) : line.name;
  };
  const share = (line: Named) => t("spend.percent", { share: shareOf(line.amount, whole).toFixed(1) });
  const definition: ListDefinition<Named> = {
    name: `spend-${by}`,
    about: `${period.since.toISOString()} ${period.until.toISOString()} ${whole}`,
    tenant,
    where: { by: "page", load: async () => ({ items: await queryClient.fetchQuery(query) }) },
    columns: [
      { id: "name", title: t(`spend.bys.${by}`), text: nameOf, width: 2 },
      { id: "calls", title: t("spend.calls"), text: ({ calls }) => String(calls) },
      { id: "time", title: t("spend.time"), text: ({ seconds }) => duration(seconds), order: ({ seconds }) => seconds },
      { id: "amount", title: t("spend.amount"), text: (line) => amount(line.amount, currency), order: (line) => microsOf(line.amount) },
      {
        id: "share",
        title: t("spend.share"),
        text: share,
        order: (line) => microsOf(line.amount),
        cell: (line) => (
          <>
            <meter className={classes.meter} max={100} value={shareOf(line.amount, whole)} aria-hidden="true" />
            {share(line)}
          </>
        ),
        width: 1.4,
      },
      // Only who sells sees what carriers take.
      ...(lines.some(({ cost }) => cost != null)
        ? [
            { id: "cost", title: t("spend.cost"), text: ({ cost }: Named) => (cost == null ? "" : amount(cost, currency)), order: ({ cost }: Named) => (cost == null ? undefined : microsOf(cost)) },
            { id: "margin", title: t("spend.margin"), text: ({ margin }: Named) => (margin == null ? "" : amount(margin, currency)), order: ({ margin }: Named) => (margin == null ? undefined : microsOf(margin)) },
          ]
        : []),
    ],
    idOf: ({ key }) => key ?? "-",
    nameOf,
    nouns: ["wallet"],
  };
  const open = lines.find(({ key }) => (key ?? "-") === view.open);
  return (
    <>
      <ProblemNotice error={error} />
      <dl className={`${credits.figures} ${classes.figures}`}>
        {(
          [
            [t("spend.total"), amount(whole, currency)],
            [t("spend.calls"), String(lines.reduce((sum, { calls }) => sum + calls, 0))],
            [t("spend.time"), duration(lines.reduce((sum, { seconds }) => sum + seconds, 0))],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {by === "tag" && <Text size="sm">{t("spend.tagsHint")}</Text>}
      <List definition={definition} empty={<p>{t("spend.empty")}</p>} />
      {open !== undefined && (
        <SidePanel title={nameOf(open)} onClose={() => show({ open: "" })}>
          <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </>
  );
}

/** What those are called whom the API tells by their ids; everything else is told by its name already. */
async function namesOf(tenant: string, by: By, ids: readonly string[]): Promise<Chosen[]> {
  const named = async (kind: "site" | "resource_account") =>
    (await queryClient.fetchQuery(namedQuery(tenant, kind))).map(({ id, name }) => ({ id, label: name }));
  switch (by) {
    case "person":
      return peopleOf(tenant, ids);
    case "site":
      return named("site");
    case "account":
      return named("resource_account");
    case "destination":
    case "number":
    case "department":
    case "tag":
    case "direction":
      return [];
  }
}

/** The lines of a time, those that cost most first. */
function usageQuery(tenant: string, by: By, { since, until }: Period) {
  return {
    queryKey: keyOf(tenant, "usage", by, since.toISOString(), until.toISOString()),
    queryFn: async (): Promise<Named[]> => {
      const query = { by, since: since.toISOString(), until: until.toISOString() };
      const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/credits/usage", { params: { path: { tenant }, query } }));
      const names = await namesOf(tenant, by, items.flatMap(({ key }) => (key == null ? [] : [key])));
      return items
        .map((line) => ({ ...line, name: names.find(({ id }) => id === line.key)?.label ?? line.key ?? "" }))
        .toSorted((one, other) => Number(other.amount) - Number(one.amount));
    },
    meta: { nouns: ["wallet"] },
  };
}

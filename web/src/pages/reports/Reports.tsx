import { NativeSelect, Tabs, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import i18next from "i18next";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../api/queries";
import { instantOf, moment, ownZone } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { Bars, type Series } from "../../ui/chart/Bars";
import { Line } from "../../ui/chart/Line";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import classes from "./Reports.module.css";
import { BARS, FIGURES, type FigureName, LINES } from "./figures";
import { figure, rankOf } from "./format";
import { type Period, SPANS, beginnings, periodOf } from "./period";
import { KINDS, type ReportKind, type ReportRow, reportQuery } from "./source";
import { type Figures, add, together } from "./totals";

type Search = Partial<Record<string, string>>;

/** What calls did over time: in queues, with agents, in attendants. */
export function Reports() {
  const { t } = useTranslation();
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (change: Search) => void navigate({ to: ".", search: { ...search, ...change, open: "" } });
  const kind = KINDS.find((one) => one === search["about"]) ?? "queues";
  const span = SPANS.find((one) => one === search["span"]) ?? "7";
  const by = search["by"] === "interval" ? "interval" : "whole";
  const own = { since: search["since"] ?? "", until: search["until"] ?? "" };
  const [now] = useState(() => new Date());
  const period = useMemo(
    () => periodOf(span, now, { since: own.since, until: own.until }),
    [span, now, own.since, own.until],
  );
  return (
    <Page title={t("section.reports")}>
      <Tabs value={kind} onChange={(about) => set({ about: about ?? "queues", columns: "", sort: "" })}>
        <Tabs.List>
          {KINDS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`reports.kind.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={kind} pt="md">
          <div className={classes.controls}>
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
            <NativeSelect
              label={t("reports.by")}
              value={by}
              onChange={(event) => set({ by: event.currentTarget.value })}
              data={[
                { value: "whole", label: t(`reports.whole.${kind}`) },
                { value: "interval", label: t(period.interval === 60 ? "reports.hourly" : "reports.daily") },
              ]}
            />
            <Text size="sm" c="dimmed" pb={8}>
              {t("reports.zone", { zone: ownZone() })}
            </Text>
          </div>
          <Report kind={kind} period={period} by={by} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

type ReportProps = { kind: ReportKind; period: Period; by: "whole" | "interval" };

function Report({ kind, period, by }: ReportProps) {
  const { t } = useTranslation();
  const { view, show } = useView();
  const { data: rows = [], error } = useQuery(reportQuery(useTenant(), kind, period));
  const definition = useDefinition(kind, period, by);
  const total = add(rows.map(({ figures }) => figures));
  const shown = shownRows(rows, by);
  const open = shown.find((row) => keyOfRow(row) === view.open);
  return (
    <div className={classes.report}>
      <ProblemNotice error={error} />
      <dl className={classes.totals}>
        {FIGURES[kind]
          .filter(({ isHidden }) => isHidden !== true)
          .map(({ name, shape }) => (
            <div key={name}>
              <dt>{t(`reports.figure.${name}`)}</dt>
              <dd>{figure(total[name], shape)}</dd>
            </div>
          ))}
      </dl>
      {rows.length > 0 && <Charts kind={kind} period={period} rows={rows} />}
      <List definition={definition} empty={<p>{t("reports.nothing")}</p>} />
      {open !== undefined && (
        <SidePanel title={open.name} onClose={() => show({ open: "" })}>
          <Facts
            facts={[
              ...(by === "interval" ? [[t("reports.begins"), moment(open.start)] as const] : []),
              ...FIGURES[kind].map(({ name, shape }) => [t(`reports.figure.${name}`), figure(open.figures[name], shape)] as const),
              ...inputsOf(open.figures).map(([key, times]) => [t("reports.input", { key }), String(times)] as const),
            ]}
          />
        </SidePanel>
      )}
    </div>
  );
}

function Charts({ kind, period, rows }: { kind: ReportKind; period: Period; rows: readonly ReportRow[] }) {
  const { t } = useTranslation();
  const byStart = together(rows, ({ start }) => String(Date.parse(start)));
  const short = new Intl.DateTimeFormat(i18next.language, period.interval === 1440 ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const intervals = beginnings(period).map((at) => ({
    id: at.toISOString(),
    label: short.format(at),
    total: add((byStart.get(String(at.getTime())) ?? []).map(({ figures }) => figures)),
  }));
  const series = BARS[kind].map((name, place): Series => ({ id: name, title: t(`reports.figure.${name}`), look: LOOKS[place] ?? 4 }));
  const line = LINES[kind];
  const words = (names: readonly FigureName[], total: Figures) =>
    names.map((name) => `${t(`reports.figure.${name}`)}: ${figure(total[name] ?? 0, "count")}`).join("\n");
  return (
    <div className={classes.charts}>
      <Bars
        label={t("reports.chart", { what: series.map(({ title }) => title).join(", ") })}
        series={series}
        bars={intervals.map(({ id, label, total }) => ({
          id,
          label,
          title: `${label}\n${words(BARS[kind], total)}`,
          values: BARS[kind].map((name) => total[name] ?? 0),
        }))}
      />
      <Line
        label={t("reports.chart", { what: t(`reports.figure.${line}`) })}
        series={{ id: line, title: t(`reports.figure.${line}`), look: 1 }}
        points={intervals.map(({ id, label, total }) => ({
          id,
          label,
          title: `${label}: ${figure(total[line], "seconds")}`,
          value: total[line] ?? undefined,
        }))}
        format={(value) => figure(value, "seconds")}
      />
    </div>
  );
}

const LOOKS = [1, 2, 3, 4, 5] as const;

function useDefinition(kind: ReportKind, period: Period, by: "whole" | "interval"): ListDefinition<ReportRow> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: `report-${kind}`,
    about: `${period.since.toISOString()} ${period.until.toISOString()} ${by}`,
    tenant,
    where: {
      by: "page",
      load: async () => ({ items: shownRows(await queryClient.fetchQuery(reportQuery(tenant, kind, period)), by) }),
    },
    columns: [
      { id: "name", title: t(`reports.one.${kind}`), text: ({ name }) => name, width: 1.6 },
      ...(by === "interval" ? [{ id: "start", title: t("reports.begins"), text: ({ start }: ReportRow) => moment(start), order: ({ start }: ReportRow) => instantOf(start), width: 2 }] : []),
      ...FIGURES[kind].map(({ name, shape, isHidden }) => ({
        id: name,
        title: t(`reports.figure.${name}`),
        text: ({ figures }: ReportRow) => figure(figures[name], shape),
        order: ({ figures }: ReportRow) => rankOf(figures[name]),
        ...(isHidden === true ? { isHidden } : {}),
      })),
    ],
    idOf: keyOfRow,
    nameOf: ({ name, start }) => `${name} ${start}`,
    nouns: ["call"],
  };
}

/** The rows of the table: each interval, or each queue, agent or attendant as a whole. */
function shownRows(rows: readonly ReportRow[], by: "whole" | "interval"): ReportRow[] {
  if (by === "interval") return [...rows];
  return [...together(rows, ({ id }) => id).values()].flatMap((own) => {
    const [first] = own;
    return first === undefined ? [] : [{ ...first, start: "", figures: { ...add(own.map(({ figures }) => figures)), inputs: inputsTogether(own) } }];
  });
}

function inputsTogether(rows: readonly ReportRow[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [key, times] of rows.flatMap(({ figures }) => inputsOf(figures))) found[key] = (found[key] ?? 0) + times;
  return found;
}

/** What callers of an attendant pressed or did, and how often. */
function inputsOf({ inputs }: Figures): [string, number][] {
  if (typeof inputs !== "object" || inputs === null) return [];
  return Object.entries(inputs).filter((entry): entry is [string, number] => typeof entry[1] === "number");
}

function keyOfRow({ id, start }: ReportRow): string {
  return start === "" ? id : `${id} ${start}`;
}

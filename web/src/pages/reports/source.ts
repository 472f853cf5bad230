import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf } from "../../api/queries";
import { ownZone } from "../../format/time";
import type { Period } from "./period";
import type { Figures } from "./totals";

export const KINDS = ["queues", "agents", "attendants"] as const;
export type ReportKind = (typeof KINDS)[number];

/** One interval of one queue, agent or attendant. */
export type ReportRow = { id: string; name: string; start: string; figures: Figures };

/** The figures of a period, interval by interval. */
export function reportQuery(tenant: string, kind: ReportKind, period: Period) {
  const { since, until, interval } = period;
  return queryOptions({
    queryKey: keyOf(tenant, "report", kind, since.toISOString(), until.toISOString(), interval),
    queryFn: () => read(tenant, kind, period),
    meta: { nouns: ["call"] },
  });
}

async function read(tenant: string, kind: ReportKind, { since, until, interval }: Period): Promise<ReportRow[]> {
  const query = { since: since.toISOString(), until: until.toISOString(), interval, time_zone: ownZone(), limit: 1000 };
  const params = (cursor: string | undefined) => ({ params: { path: { tenant }, query: { ...query, cursor } } });
  switch (kind) {
    case "queues": {
      const rows = await everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/reports/queues", params(cursor))));
      return rows.map((row) => ({ id: row.queue, name: row.queue_name ?? row.queue, start: row.start, figures: row }));
    }
    case "agents": {
      const rows = await everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/reports/agents", params(cursor))));
      return rows.map((row) => ({ id: row.agent, name: row.display_name ?? row.extension ?? row.agent, start: row.start, figures: row }));
    }
    case "attendants": {
      const rows = await everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/reports/attendants", params(cursor))));
      return rows.map((row) => ({ id: row.attendant, name: row.attendant_name ?? row.attendant, start: row.start, figures: row }));
    }
  }
}

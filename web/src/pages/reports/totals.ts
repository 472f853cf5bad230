/** Adds up figures of intervals: counts and seconds are summed, means and shares are weighed by what they are of. */

export type Figures = Partial<Record<string, unknown>>;

/** What a mean is of: the count that it is weighed by. */
const WEIGHTS: Partial<Record<string, string>> = {
  avg_speed_answer: "tot_answered_calls",
  avg_wait_abandoned: "tot_abandoned_calls",
  avg_talk_time: "tot_answered_calls",
  avg_handle_time: "tot_answered_calls",
  abandon_rate: "tot_offered_calls",
  sl_met_handled: "sl_tot_answered_calls",
  sl_met_no_abandon: "sl_tot_answered_calls",
  sl_met_positive_abandon: "sl_tot_answered_calls",
  sl_met_negative_abandon: "sl_tot_answered_calls",
  avg_call_time: "tot_calls",
  avg_caller_actions: "tot_calls",
  occupancy: "logged_in_seconds",
};

/** Means whose weight has another name where agents are told of. */
const OF_AGENTS: Partial<Record<string, string>> = { avg_handle_time: "tot_calls_answered" };

export function add(rows: readonly Figures[]): Record<string, number | null> {
  const total: Record<string, number | null> = {};
  const names = new Set(rows.flatMap((row) => Object.keys(row).filter((name) => typeof row[name] === "number" || row[name] === null)));
  for (const name of names) {
    const weight = [WEIGHTS[name], OF_AGENTS[name]].find((one) => one !== undefined && rows.some((row) => typeof row[one] === "number"));
    total[name] = weight === undefined ? sum(rows, name) : mean(rows, name, weight);
  }
  return total;
}

function sum(rows: readonly Figures[], name: string): number {
  return rows.reduce((all, row) => all + numberOf(row[name]), 0);
}

function mean(rows: readonly Figures[], name: string, weight: string): number | null {
  const known = rows.filter((row) => typeof row[name] === "number");
  const all = sum(known, weight);
  if (all === 0) return null;
  return known.reduce((weighed, row) => weighed + numberOf(row[name]) * numberOf(row[weight]), 0) / all;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** Rows together that are about the same. */
export function together<T>(rows: readonly T[], of: (row: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const key = of(row);
    const known = found.get(key);
    if (known === undefined) found.set(key, [row]);
    else known.push(row);
  }
  return found;
}

import type { Capability, LicensePlan, LicensePlanChange, NewLicensePlan, PlanHolder, PlanKind, PlanTerm, SeatPrice } from "../../api/__generated__/schema";

export const KINDS = ["paid", "free", "trial", "add_on"] as const satisfies readonly PlanKind[];
export const TERMS = ["monthly", "annual"] as const satisfies readonly PlanTerm[];
export const HOLDERS = ["user", "resource_account"] as const satisfies readonly PlanHolder[];
export const CAPABILITIES = [
  "phone_system",
  "calling_plan",
  "mobile",
  "audio_conferencing",
  "communication_credits",
  "resource_account",
] as const satisfies readonly Capability[];

const TRIAL_DAYS = 30;

/** A plan, as it is typed. */
export type PlanDraft = {
  id: string;
  name: string;
  kind: PlanKind;
  unlocks: Capability[];
  needs: Capability[];
  excludes: Capability[];
  holders: PlanHolder[];
  countries: string[];
  amount: string;
  currency: string;
  term: PlanTerm;
  trial_days: number;
  offered: boolean;
};

export function draftOf(plan: LicensePlan | undefined): PlanDraft {
  return {
    id: plan?.id ?? "",
    name: plan?.name ?? "",
    kind: plan?.kind ?? "paid",
    unlocks: plan?.unlocks ?? [],
    needs: plan?.needs ?? [],
    excludes: plan?.excludes ?? [],
    holders: plan?.holders ?? ["user"],
    countries: plan?.countries ?? [],
    amount: plan?.price?.amount ?? "",
    currency: plan?.price?.currency ?? "USD",
    term: plan?.term ?? "monthly",
    trial_days: plan?.trial_days ?? TRIAL_DAYS,
    offered: plan?.offered ?? true,
  };
}

export function newOf({ id, name, kind, unlocks, needs, excludes, holders, term, ...typed }: PlanDraft): NewLicensePlan {
  return { id: id.trim(), name, kind, unlocks, needs, excludes, holders, term, countries: countriesOf(typed), price: priceOf(typed), trial_days: trialOf({ kind, ...typed }) };
}

/** Only what was changed: what a plan unlocks stays while anybody has it, even where it is sent unchanged. */
export function changeOf(before: PlanDraft, now: PlanDraft): LicensePlanChange {
  const isNew = (...fields: (keyof PlanDraft)[]) => fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(now[field]));
  return {
    ...(isNew("name") ? { name: now.name } : {}),
    ...(isNew("kind") ? { kind: now.kind } : {}),
    ...(isNew("unlocks") ? { unlocks: now.unlocks } : {}),
    ...(isNew("needs") ? { needs: now.needs } : {}),
    ...(isNew("excludes") ? { excludes: now.excludes } : {}),
    ...(isNew("holders") ? { holders: now.holders } : {}),
    ...(isNew("countries") ? { countries: countriesOf(now) } : {}),
    ...(isNew("amount", "currency") ? { price: priceOf(now) } : {}),
    ...(isNew("term") ? { term: now.term } : {}),
    ...(isNew("kind", "trial_days") ? { trial_days: trialOf(now) } : {}),
    ...(isNew("offered") ? { offered: now.offered } : {}),
  };
}

/** What a seat costs in a month; nothing where nobody said. */
function priceOf({ amount, currency }: Pick<PlanDraft, "amount" | "currency">): SeatPrice | null {
  return amount.trim() === "" ? null : { amount: amount.trim(), currency: currency.trim().toUpperCase() };
}

function countriesOf({ countries }: Pick<PlanDraft, "countries">): string[] {
  return countries.map((country) => country.trim().toUpperCase());
}

/** Only a trial is over after some days. */
function trialOf({ kind, trial_days }: Pick<PlanDraft, "kind" | "trial_days">): number | null {
  return kind === "trial" ? trial_days : null;
}

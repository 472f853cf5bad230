import type { FraudRule, NewFraudRule } from "../../api/__generated__/schema";
import type { Chosen } from "../../choices/people";
import { orNull } from "../../ui/noun/text";

export const KINDS = ["fixed", "mobile", "premium", "satellite", "shared_cost", "toll_free"] as const;
export const PERS = ["person", "organization"] as const;

const USUAL_SECONDS = "3600";

/** A rule against fraud, as it is typed. */
export type RuleDraft = {
  name: string;
  enabled: boolean;
  prefixes: string[];
  countries: string[];
  kinds: string[];
  dearer_than: string;
  /** Whether only more than so much is stopped, and not every call that is meant. */
  counts: boolean;
  per: string;
  seconds: string;
  calls_max: string;
  amount_max: string;
  exempt: Chosen[];
};

/** A rule with what the people are called whom it does not concern. */
export type ShownRule = FraudRule & { people: Chosen[] };

export function draftOf(rule: ShownRule | undefined): RuleDraft {
  const { calls, velocity } = rule ?? {};
  return {
    name: rule?.name ?? "",
    // A new one is tried before it stops anybody.
    enabled: rule?.enabled ?? false,
    prefixes: [...(calls?.prefixes ?? [])],
    countries: [...(calls?.countries ?? [])],
    kinds: [...(calls?.kinds ?? [])],
    dearer_than: calls?.dearer_than ?? "",
    counts: velocity != null,
    per: velocity?.per ?? "person",
    seconds: String(velocity?.seconds ?? USUAL_SECONDS),
    calls_max: String(velocity?.calls_max ?? ""),
    amount_max: velocity?.amount_max ?? "",
    exempt: rule?.people ?? [],
  };
}

export function bodyOf(draft: RuleDraft): NewFraudRule {
  const { enabled, prefixes, countries, kinds, dearer_than, counts, per, seconds, calls_max, amount_max, exempt } = draft;
  return {
    enabled,
    calls: { prefixes, countries, kinds, dearer_than: orNull(dearer_than) },
    velocity: counts
      ? { per, seconds: Number(seconds), calls_max: calls_max === "" ? null : Number(calls_max), amount_max: orNull(amount_max) }
      : null,
    exempt: exempt.map(({ id }) => id),
  };
}

import type { Budget, NewBudget } from "../../api/__generated__/schema";
import { momentOf, typedMoment } from "../../format/time";
import { type Scope, scopeOf, scopeText } from "./scope";

export const EVERY = ["month", "day", "ever"] as const;

/** A budget, as it is typed. */
export type BudgetDraft = { name: string; scope: Scope; limit: string; every: string; blocks: boolean; set_apart: boolean; until: string };

export function draftOf(budget: Budget | undefined): BudgetDraft {
  return {
    name: budget?.name ?? "",
    scope: scopeOf(budget?.scope ?? "everybody"),
    limit: budget?.limit ?? "",
    every: budget?.every ?? "month",
    blocks: budget?.blocks ?? true,
    set_apart: budget?.set_apart ?? false,
    until: typedMoment(budget?.until),
  };
}

export function bodyOf({ scope, limit, every, blocks, set_apart, until }: BudgetDraft): NewBudget {
  return { scope: scopeText(scope), limit: limit.trim(), every, blocks, set_apart, until: momentOf(until) };
}

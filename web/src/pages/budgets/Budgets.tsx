import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Budget } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { gone } from "../../api/problem";
import { namedQuery } from "../../choices/named";
import { peopleOf } from "../../choices/people";
import { amount, microsOf } from "../../format/money";
import { instantOf, moment, ownZone } from "../../format/time";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { creditsQuery, readCredits } from "../credits/credits";
import usage from "../spend/Usage.module.css";
import { ScopeFields } from "./ScopeFields";
import { type BudgetDraft, EVERY, bodyOf, draftOf } from "./draft";
import { type Scope, scopeOf } from "./scope";

/** A budget, with what the person is called whom it is about. */
type Shown = Budget & { person: string };

/** Budgets: what a part of the organization may spend, and how much of it is spent. */
export function Budgets() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const { data: wallet } = useQuery(creditsQuery(tenant));
  const nameOf = useScopeName();
  const money = (text: string) => amount(text, wallet?.currency ?? "");
  const one = (budget: string) => ({ path: { tenant, budget } });
  const put = (name: string, draft: BudgetDraft, tag: string | undefined) =>
    answer(api.PUT("/api/v1/tenants/{tenant}/credits/budgets/{budget}", { params: { ...one(name), header: ifMatch(tag) }, body: bodyOf(draft) }));
  const everyOf = ({ every }: Budget) => {
    const known = EVERY.find((value) => value === every);
    return known === undefined ? every : t(`budgets.every.${known}`);
  };
  const noun: Noun<Shown, BudgetDraft> = {
    words: {
      title: t("section.budgets"),
      one: t("budgets.one"),
      add: t("budgets.add"),
      empty: t("budgets.empty"),
      remove: t("budgets.delete"),
      removeEffect: t("budgets.deleteEffect"),
    },
    mayWrite: may("credits.write"),
    definition: {
      name: "budgets",
      tenant,
      where: { by: "page", load: async () => ({ items: await readBudgets(tenant) }) },
      columns: [
        { id: "name", title: t("budgets.name"), text: ({ name }) => name, width: 1.2 },
        { id: "scope", title: t("budgets.about"), text: ({ scope, person }) => nameOf(scopeOf(scope), person), width: 1.6 },
        { id: "limit", title: t("budgets.limit"), text: ({ limit }) => money(limit), order: ({ limit }) => microsOf(limit) },
        { id: "every", title: t("budgets.everyTitle"), text: everyOf },
        { id: "spent", title: t("budgets.spent"), text: ({ spent }) => money(spent), order: ({ spent }) => microsOf(spent) },
        { id: "left", title: t("budgets.left"), text: ({ left }) => money(left), order: ({ left }) => microsOf(left) },
        {
          id: "used",
          title: t("spend.used"),
          text: ({ percent }) => t("spend.percent", { share: percent }),
          order: ({ percent }) => percent,
          cell: ({ percent }) => (
            <>
              <meter className={usage.meter} max={100} value={Math.min(percent, 100)} aria-hidden="true" />
              {t("spend.percent", { share: percent })}
            </>
          ),
          width: 1.4,
        },
        {
          id: "blocks",
          title: t("budgets.when"),
          text: ({ blocks }) => t(blocks ? "budgets.blocks" : "budgets.tells"),
          cell: ({ blocks, percent }) => <State is={percent >= 100 ? "bad" : "quiet"}>{t(blocks ? "budgets.blocks" : "budgets.tells")}</State>,
        },
        { id: "until", title: t("budgets.until"), text: ({ until }) => moment(until), order: ({ until }) => instantOf(until), isHidden: true, width: 1.6 },
        { id: "seller", title: t("budgets.bySeller"), text: ({ by_seller }) => t(by_seller ? "yes" : "no"), isHidden: true },
      ],
      idOf: ({ name }) => name,
      nameOf: ({ name }) => name,
      nouns: ["wallet", "call", "user"],
    },
    read: (name) => read(tenant, name),
    draftOf,
    create: (draft) => put(draft.name.trim(), draft, undefined),
    save: ({ name }, draft, tag) => put(name, draft, tag),
    remove: ({ name }) => answer(api.DELETE("/api/v1/tenants/{tenant}/credits/budgets/{budget}", { params: one(name) })),
    isFixed: ({ by_seller }) => by_seller && !sells,
    fields: (part, budget) => <BudgetFields part={part} isThere={budget !== undefined} currency={wallet?.currency ?? ""} />,
    names: ["name", "scope", "limit", "until"],
  };
  return <NounPage noun={noun} />;
}

function BudgetFields({ part: { draft, edit, ofField }, isThere, currency }: { part: Fields<BudgetDraft>; isThere: boolean; currency: string }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("budgets.name")}
        required
        disabled={isThere}
        error={ofField("name")}
        value={draft.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <ScopeFields scope={draft.scope} onChange={(scope) => edit({ scope })} error={ofField("scope")} />
      <TextInput
        label={t("credits.amountIn", { currency })}
        description={t("credits.amountHint")}
        required
        inputMode="decimal"
        error={ofField("limit")}
        value={draft.limit}
        onChange={(event) => edit({ limit: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("budgets.everyTitle")}
        value={draft.every}
        onChange={(event) => edit({ every: event.currentTarget.value })}
        data={EVERY.map((value) => ({ value, label: t(`budgets.every.${value}`) }))}
      />
      <Checkbox label={t("budgets.blocks")} description={t("budgets.blocksHint")} checked={draft.blocks} onChange={(event) => edit({ blocks: event.currentTarget.checked })} />
      <Checkbox label={t("budgets.setApart")} description={t("budgets.setApartHint")} checked={draft.set_apart} onChange={(event) => edit({ set_apart: event.currentTarget.checked })} />
      <TextInput
        type="datetime-local"
        label={t("budgets.untilIn", { zone: ownZone() })}
        description={t("budgets.untilHint")}
        error={ofField("until")}
        value={draft.until}
        onChange={(event) => edit({ until: event.currentTarget.value })}
      />
    </>
  );
}

/** What is called what a budget is about. */
function useScopeName(): (scope: Scope, person: string) => string {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data: sites = [] } = useQuery({ ...namedQuery(tenant, "site"), enabled: may("sites.read") });
  const { data: accounts = [] } = useQuery({ ...namedQuery(tenant, "resource_account"), enabled: may("resource_accounts.read") });
  return ({ kind, which }, person) => {
    if (kind === "everybody") return t("budgets.scopes.everybody");
    const known = [...sites, ...accounts].find(({ id }) => id === which)?.name;
    return t("budgets.aboutOne", { kind: t(`budgets.scopes.${kind}`), name: kind === "person" ? person : (known ?? which) });
  };
}

async function readBudgets(tenant: string): Promise<Shown[]> {
  const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/credits/budgets", { params: { path: { tenant } } }));
  const ids = items.flatMap(({ scope }) => (scopeOf(scope).kind === "person" ? [scopeOf(scope).which] : []));
  const people = await peopleOf(tenant, ids);
  return items.map((budget) => ({ ...budget, person: people.find(({ id }) => id === scopeOf(budget.scope).which)?.label ?? "" }));
}

/** A budget is part of the credits: their tag says whether somebody changed it meanwhile. */
async function read(tenant: string, name: string): Promise<Tagged<Shown>> {
  const { tag } = await readCredits(tenant);
  const value = (await readBudgets(tenant)).find((one) => one.name === name);
  if (value === undefined) throw gone();
  return { value, tag };
}

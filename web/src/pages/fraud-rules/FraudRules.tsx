import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { gone } from "../../api/problem";
import { peopleOf } from "../../choices/people";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import { creditsQuery, readCredits } from "../credits/credits";
import { RuleFields } from "./RuleFields";
import { KINDS, type RuleDraft, type ShownRule, bodyOf, draftOf } from "./draft";

/** Rules that stop calls that look like fraud. */
export function FraudRules() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const { data: wallet } = useQuery(creditsQuery(tenant));
  const one = (rule: string) => ({ path: { tenant, rule } });
  const put = (name: string, draft: RuleDraft, tag: string | undefined) =>
    answer(api.PUT("/api/v1/tenants/{tenant}/credits/fraud-rules/{rule}", { params: { ...one(name), header: ifMatch(tag) }, body: bodyOf(draft) }));
  const stateOf = ({ enabled }: ShownRule) => t(enabled ? "fraud.stops" : "fraud.tells");
  const kindOf = (kind: string) => {
    const known = KINDS.find((value) => value === kind);
    return known === undefined ? kind : t(`fraud.kind.${known}`);
  };
  const meant = ({ calls: { prefixes = [], countries = [], kinds = [], dearer_than } }: ShownRule) => {
    const parts = [...prefixes.map((prefix) => `+${prefix}…`), ...countries, ...kinds.map(kindOf)];
    return [...parts, ...(dearer_than == null ? [] : [t("fraud.over", { amount: dearer_than })])].join(", ");
  };
  const counted = ({ velocity }: ShownRule) => {
    if (velocity == null) return t("fraud.everyCall");
    const per = PER_NAMES[velocity.per];
    return t("fraud.counted", {
      calls: velocity.calls_max ?? "–",
      amount: velocity.amount_max ?? "–",
      seconds: velocity.seconds,
      per: per === undefined ? velocity.per : t(per),
    });
  };
  const noun: Noun<ShownRule, RuleDraft> = {
    words: {
      title: t("section.fraud-rules"),
      one: t("fraud.one"),
      add: t("fraud.add"),
      empty: t("fraud.empty"),
      remove: t("fraud.delete"),
      removeEffect: t("fraud.deleteEffect"),
    },
    mayWrite: may("credits.write"),
    definition: {
      name: "fraud-rules",
      tenant,
      where: { by: "page", load: async () => ({ items: await readRules(tenant) }) },
      columns: [
        { id: "name", title: t("budgets.name"), text: ({ name }) => name },
        { id: "state", title: t("live.state"), text: stateOf, cell: (rule) => <State is={rule.enabled ? "fine" : "quiet"}>{stateOf(rule)}</State> },
        { id: "meant", title: t("fraud.meant"), text: (rule) => meant(rule) || t("fraud.allCalls"), width: 1.6 },
        { id: "counted", title: t("fraud.tooMuch"), text: counted, width: 2 },
        { id: "exempt", title: t("fraud.exempt"), text: ({ people }) => people.map(({ label }) => label).join(", "), width: 1.4 },
        { id: "seller", title: t("budgets.bySeller"), text: ({ by_seller }) => t(by_seller ? "yes" : "no"), isHidden: true },
      ],
      idOf: ({ name }) => name,
      nameOf: ({ name }) => name,
      nouns: ["wallet", "user"],
    },
    read: (name) => read(tenant, name),
    draftOf,
    create: (draft) => put(draft.name.trim(), draft, undefined),
    save: ({ name }, draft, tag) => put(name, draft, tag),
    remove: ({ name }) => answer(api.DELETE("/api/v1/tenants/{tenant}/credits/fraud-rules/{rule}", { params: one(name) })),
    isFixed: ({ by_seller }) => by_seller && !sells,
    fields: (part, rule) => <RuleFields part={part} isThere={rule !== undefined} currency={wallet?.currency ?? ""} />,
    names: ["name", "calls.prefixes", "calls.countries", "calls.kinds", "calls.dearer_than"],
  };
  return <NounPage noun={noun} />;
}

const PER_NAMES: Partial<Record<string, "fraud.pers.person" | "fraud.pers.organization">> = {
  person: "fraud.pers.person",
  organization: "fraud.pers.organization",
};

async function readRules(tenant: string): Promise<ShownRule[]> {
  const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/credits/fraud-rules", { params: { path: { tenant } } }));
  const people = await peopleOf(tenant, [...new Set(items.flatMap(({ exempt }) => exempt))]);
  return items.map((rule) => ({ ...rule, people: people.filter(({ id }) => rule.exempt.includes(id)) }));
}

/** A rule is part of the credits: their tag says whether somebody changed it meanwhile. */
async function read(tenant: string, name: string): Promise<Tagged<ShownRule>> {
  const { tag } = await readCredits(tenant);
  const value = (await readRules(tenant)).find((one) => one.name === name);
  if (value === undefined) throw gone();
  return { value, tag };
}

import { Checkbox, MultiSelect, NativeSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Capability, LicensePlan, PlanKind } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { amount, microsOf } from "../../format/money";
import { useMay } from "../../session/me";
import { SERVER } from "../../shell/provider";
import { State } from "../../ui/State";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { CAPABILITIES, HOLDERS, KINDS, type PlanDraft, TERMS, changeOf, draftOf, newOf } from "./draft";

/** License plans: what can be bought, what it unlocks, and what it costs. */
export function LicensePlans() {
  const { t } = useTranslation();
  const may = useMay();
  const one = (plan: string) => ({ path: { plan } });
  const list = (capabilities: readonly Capability[]) => capabilities.map((capability) => t(`plans.capability.${capability}`)).join(", ");
  const noun: Noun<LicensePlan, PlanDraft> = {
    words: {
      title: t("provider.license-plans"),
      one: t("plans.one"),
      add: t("plans.add"),
      empty: t("plans.empty"),
      remove: t("plans.delete"),
      removeEffect: t("plans.deleteEffect"),
    },
    mayWrite: may("license_plans.write"),
    definition: {
      name: "license-plans",
      tenant: SERVER,
      where: { by: "page", load: ({ signal }) => answer(api.GET("/api/v1/license-plans", { signal })) },
      columns: [
        { id: "name", title: t("licenses.name"), text: ({ name }) => name, width: 2 },
        { id: "part", title: t("plans.part"), text: ({ id }) => id, width: 1.6 },
        { id: "kind", title: t("plans.kind"), text: ({ kind }) => t(`plans.kinds.${kind}`) },
        { id: "unlocks", title: t("plans.unlocks"), text: ({ unlocks }) => list(unlocks), width: 1.6 },
        {
          id: "price",
          title: t("plans.price"),
          text: ({ price }) => (price == null ? "" : amount(price.amount, price.currency)),
          order: ({ price }) => (price == null ? undefined : microsOf(price.amount)),
        },
        { id: "term", title: t("plans.term"), text: ({ term }) => t(`plans.terms.${term}`) },
        {
          id: "offered",
          title: t("plans.offered"),
          text: ({ offered }) => t(offered ? "yes" : "no"),
          cell: ({ offered }) => <State is={offered ? "fine" : "quiet"}>{t(offered ? "yes" : "no")}</State>,
          width: 0.8,
        },
        { id: "countries", title: t("plans.countries"), text: ({ countries }) => countries.join(", "), isHidden: true },
        { id: "built", title: t("roles.builtIn"), text: ({ built_in }) => t(built_in ? "yes" : "no"), isHidden: true },
      ],
      filters: [
        { id: "kind", title: t("plans.kind"), choices: KINDS.map((value) => t(`plans.kinds.${value}`)).map((label) => ({ value: label, label })) },
        { id: "offered", title: t("plans.offered"), choices: [t("yes"), t("no")].map((label) => ({ value: label, label })) },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["license_plan"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/license-plans/{plan}", { params: one(id) })),
    draftOf,
    create: (draft) => answer(api.POST("/api/v1/license-plans", { body: newOf(draft) })),
    save: (plan, draft, tag) =>
      answer(api.PATCH("/api/v1/license-plans/{plan}", { params: { ...one(plan.id), header: ifMatch(tag) }, body: changeOf(draftOf(plan), draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/license-plans/{plan}", { params: one(id) })),
    isKept: ({ built_in }) => built_in,
    fields: (part, plan) => <PlanFields {...part} isNew={plan === undefined} />,
    names: ["id", "name", "kind", "unlocks", "needs", "excludes", "holders", "countries", "price", "term", "trial_days", "offered"],
  };
  return <NounPage noun={noun} />;
}

function PlanFields({ draft, edit, ofField, isNew }: Fields<PlanDraft> & { isNew: boolean }) {
  const { t } = useTranslation();
  const capabilities = CAPABILITIES.map((value) => ({ value, label: t(`plans.capability.${value}`) }));
  const chosen = (values: readonly string[]) => CAPABILITIES.filter((capability) => values.includes(capability));
  const kindOf = (value: string): PlanKind => KINDS.find((kind) => kind === value) ?? draft.kind;
  return (
    <>
      <TextInput
        label={t("plans.part")}
        description={t("plans.partHint")}
        required
        disabled={!isNew}
        error={ofField("id")}
        value={draft.id}
        onChange={(event) => edit({ id: event.currentTarget.value })}
      />
      <TextInput label={t("licenses.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <NativeSelect
        label={t("plans.kind")}
        description={t(`plans.kindHint.${draft.kind}`)}
        error={ofField("kind")}
        value={draft.kind}
        onChange={({ currentTarget: { value } }) => edit({ kind: kindOf(value) })}
        data={KINDS.map((value) => ({ value, label: t(`plans.kinds.${value}`) }))}
      />
      {draft.kind === "trial" && (
        <NumberInput label={t("plans.trialDays")} min={1} allowDecimal={false} error={ofField("trial_days")} value={draft.trial_days} onChange={(days) => edit({ trial_days: Number(days) })} />
      )}
      {(["unlocks", "needs", "excludes"] as const).map((field) => (
        <MultiSelect
          key={field}
          label={t(`plans.${field}`)}
          description={t(`plans.${field}Hint`)}
          searchable
          nothingFoundMessage={t("choice.nothing")}
          error={ofField(field)}
          value={draft[field]}
          onChange={(values) => edit({ [field]: chosen(values) })}
          data={capabilities}
        />
      ))}
      <MultiSelect
        label={t("plans.holders")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        error={ofField("holders")}
        value={draft.holders}
        onChange={(values) => edit({ holders: HOLDERS.filter((holder) => values.includes(holder)) })}
        data={HOLDERS.map((value) => ({ value, label: t(`plans.holder.${value}`) }))}
      />
      <TextInput
        label={t("plans.price")}
        description={t("plans.priceHint")}
        inputMode="decimal"
        error={ofField("price")}
        value={draft.amount}
        onChange={(event) => edit({ amount: event.currentTarget.value })}
      />
      <TextInput label={t("credits.field.currency")} description={t("credits.hint.currency")} maxLength={3} value={draft.currency} onChange={(event) => edit({ currency: event.currentTarget.value })} />
      <NativeSelect
        label={t("plans.term")}
        description={t("plans.termHint")}
        error={ofField("term")}
        value={draft.term}
        onChange={({ currentTarget: { value } }) => edit({ term: TERMS.find((term) => term === value) ?? draft.term })}
        data={TERMS.map((value) => ({ value, label: t(`plans.terms.${value}`) }))}
      />
      <TagsInput label={t("plans.countries")} description={t("plans.countriesHint")} error={ofField("countries")} value={draft.countries} onChange={(countries) => edit({ countries })} />
      {!isNew && <Checkbox label={t("plans.offered")} description={t("plans.offeredHint")} checked={draft.offered} onChange={(event) => edit({ offered: event.currentTarget.checked })} />}
    </>
  );
}

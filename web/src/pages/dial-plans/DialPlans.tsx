import { Button, Checkbox, Group, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DialPlan, NormalizationRule } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { sentence } from "../../format/sentence";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import classes from "./DialPlans.module.css";

type Typed = { name: string; description: string; rules: NormalizationRule[] };

const NO_RULE: NormalizationRule = { name: "", pattern: "", translation: "", is_internal_extension: false, is_final: false };

/** Dial plans: how what people dial becomes a number. */
export function DialPlans() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (plan: string) => ({ path: { tenant, plan } });
  const bodyOf = ({ description, ...same }: Typed) => ({ ...same, description: orNull(description) });
  const noun: Noun<DialPlan, Typed> = {
    words: {
      title: t("section.dial-plans"),
      one: t("dialPlans.one"),
      add: t("dialPlans.add"),
      empty: t("dialPlans.empty"),
      remove: t("dialPlans.delete"),
      removeEffect: t("dialPlans.deleteEffect"),
    },
    mayWrite: may("routing.write"),
    definition: {
      name: "dial-plans",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/dial-plans", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("dialPlans.name"), text: ({ name }) => name },
        { id: "rules", title: t("dialPlans.rules"), text: ({ rules }) => rules.map(({ name }) => name).join(", "), width: 2 },
        { id: "warnings", title: t("routes.warnings"), text: ({ warnings }) => warnings.join("; "), width: 1.4 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["dial_plan"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/dial-plans/{plan}", { params: one(id) })),
    draftOf: (plan) => ({ name: plan?.name ?? "", description: plan?.description ?? "", rules: plan?.rules ?? [] }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/dial-plans", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/dial-plans/{plan}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/dial-plans/{plan}", { params: one(id) })),
    fields: ({ draft, edit, ofField }) => (
      <>
        <TextInput label={t("dialPlans.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
        <Rules rules={draft.rules} onChange={(rules) => edit({ rules })} />
      </>
    ),
    names: ["name"],
    below: ({ id, warnings }) => (
      <>
        {warnings.map((warning) => (
          <Text key={warning} size="sm">
            <State is="warned">{sentence(warning)}</State>
          </Text>
        ))}
        <TryPlan plan={id} />
      </>
    ),
  };
  return <NounPage noun={noun} />;
}

/** Rules in their order: the first that fits decides. */
function Rules({ rules, onChange }: { rules: readonly NormalizationRule[]; onChange: (rules: NormalizationRule[]) => void }) {
  const { t } = useTranslation();
  const move = (place: number) => {
    const next = [...rules];
    const [rule] = next.splice(place, 1);
    if (rule) next.splice(place - 1, 0, rule);
    onChange(next);
  };
  return (
    <Stack gap="sm">
      {rules.map((rule, place) => {
        const set = (change: Partial<NormalizationRule>) => onChange(rules.map((other, at) => (at === place ? { ...rule, ...change } : other)));
        return (
          // Their place is what tells one from another.
          // oxlint-disable-next-line react/no-array-index-key
          <fieldset key={place} className={classes.rule}>
            <legend>{t("dialPlans.rule", { place: place + 1 })}</legend>
            <TextInput label={t("dialPlans.ruleName")} required value={rule.name} onChange={(event) => set({ name: event.currentTarget.value })} />
            <TextInput label={t("dialPlans.dialled")} placeholder="^9(\d+)$" required value={rule.pattern} onChange={(event) => set({ pattern: event.currentTarget.value })} />
            <TextInput label={t("dialPlans.becomes")} placeholder="+1$1" required value={rule.translation} onChange={(event) => set({ translation: event.currentTarget.value })} />
            <Checkbox label={t("dialPlans.internal")} checked={rule.is_internal_extension ?? false} onChange={(event) => set({ is_internal_extension: event.currentTarget.checked })} />
            <Checkbox label={t("dialPlans.final")} checked={rule.is_final ?? false} onChange={(event) => set({ is_final: event.currentTarget.checked })} />
            <Group gap="xs">
              <Button size="compact-xs" variant="default" disabled={place === 0} aria-label={t("choice.up", { name: rule.name })} onClick={() => move(place)}>
                ↑
              </Button>
              <Button size="compact-xs" variant="default" aria-label={t("choice.remove", { name: rule.name })} onClick={() => onChange(rules.filter((_, at) => at !== place))}>
                ✕
              </Button>
            </Group>
          </fieldset>
        );
      })}
      <Button variant="default" w="fit-content" onClick={() => onChange([...rules, NO_RULE])}>
        {t("dialPlans.addRule")}
      </Button>
    </Stack>
  );
}

function TryPlan({ plan }: { plan: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [dialled, setDialled] = useState("");
  const trying = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/tenants/{tenant}/dial-plans/{plan}/test", { params: { path: { tenant, plan } }, body: { dialled: [dialled.trim()] } })),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        trying.mutate();
      }}
    >
      <Stack gap="xs">
        <Group align="flex-end" gap="xs">
          <TextInput label={t("dialPlans.try")} value={dialled} onChange={(event) => setDialled(event.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={dialled.trim() === ""} loading={trying.isPending}>
            {t("translations.try")}
          </Button>
        </Group>
        <ProblemNotice error={trying.error} />
        {trying.data?.items.map(({ dialled: from, result, rule, by_country }) => (
          <Text key={from} size="sm" role="status">
            <State is={result == null ? "bad" : "fine"}>
              {from} → {result ?? t("dialPlans.nothing")}
            </State>{" "}
            {rule ? t("dialPlans.byRule", { rule }) : by_country ? t("dialPlans.byCountry") : ""}
          </Text>
        ))}
      </Stack>
    </form>
  );
}

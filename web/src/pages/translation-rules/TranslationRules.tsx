import { Button, Group, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TranslationRule } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";

type Typed = { name: string; description: string; pattern: string; translation: string };

/** Translation rules: how numbers are rewritten for a trunk and by it. */
export function TranslationRules() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (rule: string) => ({ path: { tenant, rule } });
  const bodyOf = ({ description, ...same }: Typed) => ({ ...same, description: orNull(description) });
  const noun: Noun<TranslationRule, Typed> = {
    words: {
      title: t("section.translation-rules"),
      one: t("translations.one"),
      add: t("translations.add"),
      empty: t("translations.empty"),
      remove: t("translations.delete"),
      removeEffect: t("translations.deleteEffect"),
    },
    mayWrite: may("routing.write"),
    definition: {
      name: "translation-rules",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/translation-rules", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("translations.name"), text: ({ name }) => name },
        { id: "pattern", title: t("routes.pattern"), text: ({ pattern }) => pattern, width: 1.4 },
        { id: "translation", title: t("translations.translation"), text: ({ translation }) => translation },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", width: 1.4 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["translation_rule"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/translation-rules/{rule}", { params: one(id) })),
    draftOf: (rule) => ({
      name: rule?.name ?? "",
      description: rule?.description ?? "",
      pattern: rule?.pattern ?? "",
      translation: rule?.translation ?? "",
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/translation-rules", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(
        api.PATCH("/api/v1/tenants/{tenant}/translation-rules/{rule}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) }),
      ),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/translation-rules/{rule}", { params: one(id) })),
    fields: ({ draft, edit, ofField }) => (
      <>
        <TextInput label={t("translations.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <TextInput
          label={t("routes.pattern")}
          description={t("routes.patternHint")}
          placeholder="^\+1(\d{10})$"
          required
          error={ofField("pattern")}
          value={draft.pattern}
          onChange={(event) => edit({ pattern: event.currentTarget.value })}
        />
        <TextInput
          label={t("translations.translation")}
          description={t("translations.translationHint")}
          placeholder="$1"
          required
          error={ofField("translation")}
          value={draft.translation}
          onChange={(event) => edit({ translation: event.currentTarget.value })}
        />
        <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
      </>
    ),
    names: ["name", "pattern", "translation"],
    below: ({ id }) => <TryTranslation rule={id} />,
  };
  return <NounPage noun={noun} />;
}

function TryTranslation({ rule }: { rule: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [number, setNumber] = useState("");
  const trying = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/tenants/{tenant}/translation-rules/{rule}/test", { params: { path: { tenant, rule } }, body: { numbers: [number.trim()] } }),
      ),
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
          <TextInput label={t("translations.number")} value={number} onChange={(event) => setNumber(event.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={number.trim() === ""} loading={trying.isPending}>
            {t("translations.try")}
          </Button>
        </Group>
        <ProblemNotice error={trying.error} />
        {trying.data?.items.map(({ number: from, matches, result }) => (
          <Text key={from} size="sm" role="status">
            <State is={matches ? "fine" : "quiet"}>{matches ? `${from} → ${result}` : t("translations.noMatch", { number: from })}</State>
          </Text>
        ))}
      </Stack>
    </form>
  );
}

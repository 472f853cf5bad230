import { Button, NativeSelect, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Policy, PolicyType } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { Assignments } from "./Assignments";
import { SettingField } from "./SettingField";
import { changed, sent, wordsOf } from "./settings";

type Typed = { name: string; description: string; settings: Record<string, unknown> };

/** More settings than these are looked for by a word. */
const SEARCHED_FROM = 8;

/** Policies: what people may do, type by type, with the settings that the API describes. */
export function Policies() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const search: Partial<Record<string, string>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "policy-types"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/policies", { params: { path: { tenant } } })),
  });
  const types = data?.items ?? [];
  const type = types.find((one) => one.type === search["type"]) ?? types.find((one) => one.type === "calling") ?? types[0];
  if (type === undefined) return <ProblemNotice error={error} />;
  const choice = (
    <Stack gap={4}>
      <NativeSelect
        label={t("policies.type")}
        value={type.type}
        maw="24rem"
        onChange={(event) => void navigate({ to: ".", search: { type: event.currentTarget.value } })}
        data={types.map((one) => ({ value: one.type, label: wordsOf(one.type) }))}
      />
      <Text size="sm">{type.about}</Text>
    </Stack>
  );
  return <OfType key={type.type} type={type} choice={choice} />;
}

function OfType({ type, choice }: { type: PolicyType; choice: React.ReactNode }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const mayWrite = may("policies.write");
  const ofType = { path: { tenant, type: type.type } };
  const one = (policy: string) => ({ path: { tenant, type: type.type, policy } });
  const noun: Noun<Policy, Typed> = {
    words: {
      title: t("section.policies"),
      one: t("policies.one"),
      add: t("policies.add"),
      empty: t("policies.empty"),
      remove: t("policies.delete"),
      removeEffect: t("policies.deleteEffect"),
    },
    mayWrite,
    definition: {
      name: "policies",
      about: type.type,
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/policies/{type}", { params: { ...ofType, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("policies.name"), text: ({ name }) => name },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", width: 1.5 },
        { id: "differs", title: t("policies.differs"), text: (policy) => differing(policy, type).join(", "), width: 2.5 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["policy"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/policies/{type}/{policy}", { params: one(id) })),
    draftOf: (policy) => ({
      name: policy?.name ?? "",
      description: policy?.description ?? "",
      settings: policy?.settings ?? Object.fromEntries(type.settings.map(({ name, first }) => [name, first])),
    }),
    create: ({ name, description, settings }) =>
      answer(
        api.POST("/api/v1/tenants/{tenant}/policies/{type}", {
          params: ofType,
          body: { name, description: orNull(description), settings: sent(settings) },
        }),
      ),
    save: (policy, { name, description, settings }, tag) =>
      answer(
        api.PATCH("/api/v1/tenants/{tenant}/policies/{type}/{policy}", {
          params: { ...one(policy.id), header: ifMatch(tag) },
          body: {
            ...(policy.is_global ? {} : { name }),
            description: orNull(description),
            settings: sent(changed(policy.settings, settings)),
          },
        }),
      ),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/policies/{type}/{policy}", { params: one(id) })),
    fields: (part, policy) => <PolicyFields {...part} type={type} isGlobal={policy?.is_global === true} />,
    names: ["name", ...type.settings.map(({ name }) => `settings.${name}`)],
    below: (policy) => (
      <>
        <Assignments policy={policy} type={type} mayWrite={mayWrite} />
        {policy.is_global && mayWrite && <Reset type={type.type} policy={policy.id} />}
      </>
    ),
    above: choice,
  };
  return <NounPage noun={noun} />;
}

function Reset({ type, policy }: { type: string; policy: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  return (
    <ActionButton
      variant="default"
      act={() => answer(api.POST("/api/v1/tenants/{tenant}/policies/{type}/{policy}/reset", { params: { path: { tenant, type, policy } } }))}
      onDone={() => outdate(tenant, new Set(["policy"]))}
    >
      {t("policies.reset")}
    </ActionButton>
  );
}

function PolicyFields({ draft, edit, ofField, type, isGlobal }: Fields<Typed> & { type: PolicyType; isGlobal: boolean }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const shown = type.settings.filter(({ name, about }) => `${wordsOf(name)} ${about}`.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <>
      <TextInput
        label={t("policies.name")}
        required
        disabled={isGlobal}
        error={ofField("name")}
        value={draft.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
      {type.settings.length >= SEARCHED_FROM && (
        <TextInput type="search" label={t("policies.find", { count: type.settings.length })} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      )}
      {shown.map((setting) => (
        <SettingField
          key={setting.name}
          setting={setting}
          value={draft.settings[setting.name]}
          onChange={(value) => edit({ settings: { ...draft.settings, [setting.name]: value } })}
          error={ofField(`settings.${setting.name}`)}
        />
      ))}
      {shown.length === 0 && <Button variant="default" w="fit-content" onClick={() => setWanted("")}>{t("list.showAll")}</Button>}
    </>
  );
}

/** Names of settings that are not as they begin. */
function differing({ settings }: Policy, type: PolicyType): string[] {
  return type.settings.flatMap(({ name, first }) => (JSON.stringify(settings[name] ?? null) === JSON.stringify(first ?? null) ? [] : wordsOf(name)));
}

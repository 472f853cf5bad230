import { NativeSelect, NumberInput, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { UnassignedNumbers as Treatment } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { NamedSelect } from "../../choices/NamedSelect";
import { PersonSelect } from "../../choices/PersonSelect";
import { PromptField } from "../../choices/PromptField";
import { TryNumbers } from "../../choices/TryNumbers";
import { namedQuery } from "../../choices/named";
import { peopleOf } from "../../choices/people";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { TARGETS, type TargetDraft, draftOf, targetOf } from "./target";

/** A treatment, with what the person is called who takes the calls. */
type Shown = Treatment & { person: string };
type Typed = { name: string; description: string; pattern: string; priority: string; target: TargetDraft };

/** Unassigned numbers: who takes calls to numbers that nobody has. */
export function UnassignedNumbers() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data: accounts = [] } = useQuery({ ...namedQuery(tenant, "resource_account"), enabled: may("resource_accounts.read") });
  const one = (entry: string) => ({ path: { tenant, entry } });
  const bodyOf = ({ name, description, pattern, priority, target }: Typed) => ({
    name,
    description: orNull(description),
    pattern,
    ...(priority === "" ? {} : { priority: Number(priority) }),
    target: targetOf(target),
  });
  const takerOf = ({ target, person }: Shown) => {
    if (target.type === "announcement") return target.prompt.type === "text" ? target.prompt.text : (target.prompt.file_name ?? "");
    return target.type === "user" ? person : (accounts.find(({ id }) => id === target.id)?.name ?? target.id);
  };
  const noun: Noun<Shown, Typed> = {
    words: {
      title: t("section.unassigned-numbers"),
      one: t("unassigned.one"),
      add: t("unassigned.add"),
      empty: t("unassigned.empty"),
      remove: t("unassigned.delete"),
      removeEffect: t("unassigned.deleteEffect"),
    },
    mayWrite: may("routing.write"),
    above: may("routing.act") && <TryCalled />,
    definition: {
      name: "unassigned-numbers",
      tenant,
      where: {
        by: "page",
        load: async ({ cursor, signal }) => {
          const page = await answer(api.GET("/api/v1/tenants/{tenant}/unassigned-numbers", { params: { path: { tenant }, query: { cursor } }, signal }));
          const people = await peopleOf(tenant, page.items.flatMap(({ target }) => (target.type === "user" ? [target.id] : [])));
          return { ...page, items: page.items.map((entry) => ({ ...entry, person: nameIn(people, entry) })) };
        },
      },
      columns: [
        { id: "priority", title: t("unassigned.priority"), text: ({ priority }) => String(priority), width: 0.5 },
        { id: "name", title: t("translations.name"), text: ({ name }) => name },
        { id: "pattern", title: t("routes.pattern"), text: ({ pattern }) => pattern, width: 1.4 },
        { id: "kind", title: t("unassigned.taken"), text: ({ target }) => t(`unassigned.targets.${target.type}`), width: 1.2 },
        { id: "taker", title: t("unassigned.by"), text: takerOf, width: 1.6 },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", isHidden: true, width: 1.4 },
      ],
      filters: [{ id: "kind", title: t("unassigned.taken"), choices: TARGETS.map((value) => t(`unassigned.targets.${value}`)).map((label) => ({ value: label, label })) }],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["unassigned_numbers", "user", "resource_account"],
    },
    read: async (id) => {
      const { value, tag } = await answerWithTag(api.GET("/api/v1/tenants/{tenant}/unassigned-numbers/{entry}", { params: one(id) }));
      return { value: { ...value, person: "" }, tag };
    },
    draftOf: (entry) => ({
      name: entry?.name ?? "",
      description: entry?.description ?? "",
      pattern: entry?.pattern ?? "",
      priority: String(entry?.priority ?? ""),
      target: draftOf(entry?.target),
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/unassigned-numbers", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/unassigned-numbers/{entry}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/unassigned-numbers/{entry}", { params: one(id) })),
    fields: (part) => <TreatmentFields {...part} />,
    names: ["name", "pattern", "priority"],
  };
  return <NounPage noun={noun} />;
}

function nameIn(people: readonly { id: string; label: string }[], { target }: Treatment): string {
  return target.type === "user" ? (people.find(({ id }) => id === target.id)?.label ?? target.id) : "";
}

function TreatmentFields({ draft, edit, ofField }: Fields<Typed>) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput label={t("translations.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput
        label={t("routes.pattern")}
        description={t("unassigned.patternHint")}
        placeholder="^\+1425555\d{4}$"
        required
        error={ofField("pattern")}
        value={draft.pattern}
        onChange={(event) => edit({ pattern: event.currentTarget.value })}
      />
      <NumberInput
        label={t("unassigned.priority")}
        description={t("unassigned.priorityHint")}
        allowDecimal={false}
        min={0}
        error={ofField("priority")}
        value={draft.priority}
        onChange={(priority) => edit({ priority: String(priority) })}
      />
      <Taker target={draft.target} onChange={(target) => edit({ target })} />
      <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
    </>
  );
}

function Taker({ target, onChange }: { target: TargetDraft; onChange: (target: TargetDraft) => void }) {
  const { t } = useTranslation();
  const set = (id: string) => onChange({ ...target, id });
  return (
    <>
      <NativeSelect
        label={t("unassigned.taken")}
        value={target.kind}
        onChange={(event) => onChange({ ...target, id: "", kind: TARGETS.find((kind) => kind === event.currentTarget.value) ?? target.kind })}
        data={TARGETS.map((value) => ({ value, label: t(`unassigned.targets.${value}`) }))}
      />
      {target.kind === "announcement" && <PromptField label={t("unassigned.prompt")} required value={target.prompt} onChange={(prompt) => onChange({ ...target, prompt })} />}
      {target.kind === "user" && <PersonSelect label={t("target.person")} required value={target.id} onChange={(person) => set(person?.id ?? "")} />}
      {target.kind === "resource_account" && <NamedSelect kind="resource_account" label={t("target.resource_account")} required value={target.id} onChange={set} />}
    </>
  );
}

/** Tells which treatment takes calls to numbers. */
function TryCalled() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const ask = async (numbers: string[]) => {
    const { items } = await answer(api.POST("/api/v1/tenants/{tenant}/unassigned-numbers/test", { params: { path: { tenant } }, body: { numbers } }));
    return items.map(({ number, by }) =>
      by == null
        ? { number, is: "quiet" as const, words: t("unassigned.nobody", { number }) }
        : { number, is: "fine" as const, words: t("unassigned.takenBy", { number, by }) },
    );
  };
  return <TryNumbers label={t("unassigned.try")} description={t("unassigned.tryHint")} ask={ask} />;
}

import { Checkbox, MultiSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { SharedMailbox, Transcription } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { PeopleField } from "../../choices/PeopleField";
import { PromptField } from "../../choices/PromptField";
import { namedQuery } from "../../choices/named";
import { type Chosen, peopleOf } from "../../choices/people";
import { type PromptDraft, promptDraftOf, promptOf } from "../../choices/prompt";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";

type Typed = {
  name: string;
  extension: string;
  language: string;
  greeting: PromptDraft;
  members: Chosen[];
  groups: string[];
  emails: string[];
  max_seconds: number;
  retention_days: number;
  transcription: Transcription;
};

/** What the API has of a mailbox, with what its members are called. */
type Shown = SharedMailbox & { people: Chosen[] };

/** Shared mailboxes: where callers leave messages for several. */
export function SharedMailboxes() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (mailbox: string) => ({ path: { tenant, mailbox } });
  const bodyOf = (draft: Typed, before?: Shown): SharedMailbox => {
    const { extension, greeting, members, groups, ...same } = draft;
    const { people: _, ...kept } = before ?? { people: [] };
    return {
      ...kept,
      ...same,
      extension: orNull(extension),
      greeting: promptOf(greeting),
      members: members.map(({ id }) => before?.members?.find(({ user }) => user === id) ?? { user: id, role: "manage" }),
      groups: groups.map((group) => before?.groups?.find((known) => known.group === group) ?? { group, role: "manage" }),
    };
  };
  const noun: Noun<Shown, Typed> = {
    words: {
      title: t("section.shared-mailboxes"),
      one: t("mailboxes.one"),
      add: t("mailboxes.add"),
      empty: t("mailboxes.empty"),
      remove: t("mailboxes.delete"),
      removeEffect: t("mailboxes.deleteEffect"),
    },
    mayWrite: may("voicemail.write"),
    definition: {
      name: "shared-mailboxes",
      tenant,
      where: {
        by: "page",
        load: async ({ cursor, signal }) => {
          const page = await answer(api.GET("/api/v1/tenants/{tenant}/shared-mailboxes", { params: { path: { tenant }, query: { cursor } }, signal }));
          return { ...page, items: page.items.map((mailbox) => ({ ...mailbox, people: [] })) };
        },
      },
      columns: [
        { id: "name", title: t("mailboxes.name"), text: ({ name }) => name },
        { id: "extension", title: t("people.extension"), text: ({ extension }) => extension ?? "", width: 0.7 },
        { id: "members", title: t("mailboxes.members"), text: ({ members = [], groups = [] }) => String(members.length + groups.length), width: 0.7 },
        { id: "emails", title: t("mailboxes.emails"), text: ({ emails = [] }) => emails.join(", "), width: 1.5 },
        { id: "retention", title: t("mailboxes.retention"), text: ({ retention_days }) => String(retention_days ?? ""), width: 0.8 },
      ],
      idOf: ({ id = "" }) => id,
      nameOf: ({ name }) => name,
      nouns: ["shared_mailbox"],
    },
    read: async (id) => {
      const read = await answerWithTag(api.GET("/api/v1/tenants/{tenant}/shared-mailboxes/{mailbox}", { params: one(id) }));
      const people = await peopleOf(tenant, (read.value.members ?? []).map(({ user }) => user));
      return { ...read, value: { ...read.value, people } };
    },
    draftOf: (mailbox) => ({
      name: mailbox?.name ?? "",
      extension: mailbox?.extension ?? "",
      language: mailbox?.language ?? "en-US",
      greeting: promptDraftOf(mailbox?.greeting),
      members: mailbox?.people ?? [],
      groups: (mailbox?.groups ?? []).map(({ group }) => group),
      emails: mailbox?.emails ?? [],
      max_seconds: mailbox?.max_seconds ?? 300,
      retention_days: mailbox?.retention_days ?? 90,
      transcription: mailbox?.transcription ?? "off",
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/shared-mailboxes", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: (mailbox, draft, tag) =>
      answer(
        api.PUT("/api/v1/tenants/{tenant}/shared-mailboxes/{mailbox}", {
          params: { ...one(mailbox.id ?? ""), header: ifMatch(tag) },
          body: bodyOf(draft, mailbox),
        }),
      ),
    remove: ({ id = "" }) => answer(api.DELETE("/api/v1/tenants/{tenant}/shared-mailboxes/{mailbox}", { params: one(id) })),
    fields: (part) => <MailboxFields {...part} />,
    names: ["name", "extension", "language"],
  };
  return <NounPage noun={noun} />;
}

function MailboxFields({ draft, edit, ofField }: Fields<Typed>) {
  const { t } = useTranslation();
  const may = useMay();
  const { data: groups = [] } = useQuery({ ...namedQuery(useTenant(), "group"), enabled: may("groups.read") });
  return (
    <>
      <TextInput label={t("mailboxes.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput label={t("people.extension")} error={ofField("extension")} value={draft.extension} onChange={(event) => edit({ extension: event.currentTarget.value })} />
      <TextInput
        label={t("flow.language")}
        description={t("flow.languageHint")}
        required
        error={ofField("language")}
        value={draft.language}
        onChange={(event) => edit({ language: event.currentTarget.value })}
      />
      <PromptField label={t("attendants.greeting")} language={draft.language} value={draft.greeting} onChange={(greeting) => edit({ greeting })} />
      <PeopleField label={t("mailboxes.members")} value={draft.members} onChange={(members) => edit({ members })} />
      <MultiSelect
        label={t("queues.groups")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        value={draft.groups}
        onChange={(chosen) => edit({ groups: chosen })}
        data={groups.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <TagsInput label={t("mailboxes.emails")} description={t("mailboxes.emailsHint")} value={draft.emails} onChange={(emails) => edit({ emails })} />
      <NumberInput label={t("mailboxes.max")} min={15} max={900} value={draft.max_seconds} onChange={(seconds) => edit({ max_seconds: Number(seconds) })} />
      <NumberInput label={t("mailboxes.retention")} min={1} value={draft.retention_days} onChange={(days) => edit({ retention_days: Number(days) })} />
      <Checkbox
        label={t("mailboxes.transcription")}
        checked={draft.transcription === "on"}
        onChange={(event) => edit({ transcription: event.currentTarget.checked ? "on" : "off" })}
      />
    </>
  );
}

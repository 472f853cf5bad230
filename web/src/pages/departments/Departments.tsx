import { Checkbox, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Department } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Noun, NounPage } from "../../ui/noun/NounPage";

type Typed = { to: string; merge: boolean };

/** Departments: what people are told apart by; whoever names one makes it. */
export function Departments() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const load = (cursor: string | undefined, signal?: AbortSignal) =>
    answer(api.GET("/api/v1/tenants/{tenant}/departments", { params: { path: { tenant }, query: { cursor } }, ...(signal ? { signal } : {}) }));
  const noun: Noun<Department, Typed> = {
    words: {
      title: t("section.departments"),
      one: t("departments.one"),
      add: "",
      empty: t("departments.empty"),
      remove: "",
      removeEffect: "",
    },
    mayWrite: may("users.write"),
    definition: {
      name: "departments",
      tenant,
      where: { by: "page", load: ({ cursor, signal }) => load(cursor, signal) },
      columns: [
        { id: "name", title: t("departments.name"), text: ({ name }) => name },
        { id: "people", title: t("departments.people"), text: ({ people }) => String(people) },
      ],
      idOf: ({ name }) => name,
      nameOf: ({ name }) => name,
      nouns: ["user"],
    },
    read: async (name) => {
      const found = (await everything((cursor) => load(cursor))).find((one) => one.name === name);
      return { value: found ?? { name, people: 0 }, tag: undefined };
    },
    draftOf: (department) => ({ to: department?.name ?? "", merge: false }),
    save: ({ name }, { to, merge }) =>
      answer(api.POST("/api/v1/tenants/{tenant}/departments/rename", { params: { path: { tenant } }, body: { from: name, to, merge } })),
    fields: ({ draft, edit, ofField }) => (
      <>
        <TextInput label={t("departments.name")} description={t("departments.renameHint")} required error={ofField("to")} value={draft.to} onChange={(event) => edit({ to: event.currentTarget.value })} />
        <Checkbox label={t("departments.merge")} checked={draft.merge} onChange={(event) => edit({ merge: event.currentTarget.checked })} />
      </>
    ),
    names: ["to"],
  };
  return <NounPage noun={noun} />;
}

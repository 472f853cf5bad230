import { NativeSelect, Stack, Text, TextInput, Textarea, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppTemplate, MadeApp, TemplateKind } from "../../api/__generated__/schema";
import { answer, answerWithTag, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { PeopleField } from "../../choices/PeopleField";
import type { Chosen } from "../../choices/people";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { State } from "../../ui/State";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { type TemplateDraft, newOf } from "./draft";

const KINDS = ["auto_attendant", "call_queue"] as const satisfies readonly TemplateKind[];

/** Templates: what auto attendants and call queues are made from, built in or saved by the organization. */
export function AppTemplates() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (template: string) => ({ path: { tenant, template } });
  const kindOf = ({ type }: AppTemplate) => t(`templates.kinds.${type}`);
  const noun: Noun<AppTemplate, TemplateDraft> = {
    words: {
      title: t("section.app-templates"),
      one: t("templates.one"),
      add: t("templates.add"),
      empty: t("templates.empty"),
      remove: t("templates.delete"),
      removeEffect: t("templates.deleteEffect"),
    },
    mayWrite: may("auto_attendants.write"),
    definition: {
      name: "app-templates",
      tenant,
      where: {
        by: "page",
        load: ({ signal }) => answer(api.GET("/api/v1/tenants/{tenant}/app-templates", { params: { path: { tenant } }, signal })),
      },
      columns: [
        { id: "name", title: t("templates.name"), text: ({ name }) => name, width: 1.4 },
        { id: "kind", title: t("templates.makes"), text: kindOf },
        { id: "description", title: t("noun.description"), text: ({ description }) => description, width: 2.4 },
        { id: "schedules", title: t("section.schedules"), text: ({ schedules }) => schedules.join(", "), width: 1.2 },
        { id: "built", title: t("roles.builtIn"), text: ({ built_in }) => t(built_in ? "yes" : "no"), width: 0.6 },
      ],
      filters: [{ id: "kind", title: t("templates.makes"), choices: KINDS.map((value) => t(`templates.kinds.${value}`)).map((label) => ({ value: label, label })) }],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["app_template"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/app-templates/{template}", { params: one(id) })),
    draftOf: (template) => ({ name: template?.name ?? "", description: template?.description ?? "", type: template?.type ?? "auto_attendant", app: "" }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/app-templates", { params: { path: { tenant } }, body: newOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/app-templates/{template}", { params: one(id) })),
    isKept: ({ built_in }) => built_in,
    fields: (part, template) =>
      template === undefined ? (
        <TemplateFields {...part} />
      ) : (
        <Facts
          facts={[
            [t("templates.name"), template.name],
            [t("templates.makes"), kindOf(template)],
            [t("noun.description"), template.description],
            [t("section.schedules"), template.schedules.join(", ")],
          ]}
        />
      ),
    names: ["name", "description", "auto_attendant", "call_queue"],
    below: (template) => may("auto_attendants.write") && <Use key={template.id} template={template} />,
  };
  return <NounPage noun={noun} />;
}

function TemplateFields({ draft, edit, ofField }: Fields<TemplateDraft>) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm">{t("templates.addHint")}</Text>
      <TextInput label={t("templates.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <NativeSelect
        label={t("templates.makes")}
        value={draft.type}
        onChange={({ currentTarget: { value } }) => edit({ type: KINDS.find((kind) => kind === value) ?? draft.type, app: "" })}
        data={KINDS.map((value) => ({ value, label: t(`templates.kinds.${value}`) }))}
      />
      <NamedSelect
        key={draft.type}
        kind={draft.type}
        label={t(`templates.from.${draft.type}`)}
        required
        error={ofField(draft.type)}
        value={draft.app}
        onChange={(app) => edit({ app })}
      />
      <Textarea label={t("noun.description")} error={ofField("description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
    </>
  );
}

/** Makes an attendant or a queue from a template, and tells where it is. */
function Use({ template }: { template: AppTemplate }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft<{ name: string; agents: Chosen[] }>({ name: "", agents: [] });
  const [made, setMade] = useState<MadeApp>();
  const isQueue = template.type === "call_queue";
  const save = async () => {
    const params = { path: { tenant, template: template.id } };
    const body = { name: draft.name.trim(), ...(isQueue && draft.agents.length > 0 ? { agents: draft.agents.map(({ id }) => id) } : {}) };
    setMade(await answer(api.POST("/api/v1/tenants/{tenant}/app-templates/{template}/use", { params, body })));
    outdate(tenant, new Set(["auto_attendant", "call_queue", "schedule"]));
  };
  return (
    <Stack gap="sm" component="section" aria-labelledby="use-template">
      <Title order={3} size="h5" id="use-template">
        {t("templates.use")}
      </Title>
      <EditForm save={save} submit={t(`templates.make.${template.type}`)} said="" fields={["name", "agents"]}>
        {(ofField) => (
          <>
            <TextInput label={t("templates.newName")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
            {isQueue && <PeopleField label={t("templates.agents")} value={draft.agents} onChange={(agents) => edit({ agents })} />}
          </>
        )}
      </EditForm>
      {made !== undefined && (
        <div role="status">
          <State is="fine">{t("templates.made", { name: made.name })}</State>{" "}
          <Link to={made.type === "call_queue" ? paths.queueFlow(tenant, made.id) : paths.attendantFlow(tenant, made.id)}>{t("flowEditor.openFlow")}</Link>
          {made.schedules.length > 0 && <Text size="sm">{t("templates.madeSchedules", { names: made.schedules.join(", ") })}</Text>}
        </div>
      )}
    </Stack>
  );
}

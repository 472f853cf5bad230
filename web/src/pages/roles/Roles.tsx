import { Checkbox, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Role } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { wordsOf } from "../policies/settings";
import classes from "./Roles.module.css";

type Typed = { name: string; description: string; permissions: string[] };

const VERBS = ["read", "write", "act"] as const;

/** Roles: who may see and do what. */
export function Roles() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (role: string) => ({ path: { tenant, role } });
  const bodyOf = ({ description, ...same }: Typed) => ({ ...same, description: orNull(description) });
  const noun: Noun<Role, Typed> = {
    words: {
      title: t("section.roles"),
      one: t("roles.one"),
      add: t("roles.add"),
      empty: t("roles.empty"),
      remove: t("roles.delete"),
      removeEffect: t("roles.deleteEffect"),
    },
    mayWrite: may("roles.write"),
    definition: {
      name: "roles",
      tenant,
      where: {
        by: "page",
        load: ({ signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/roles", { params: { path: { tenant } }, signal })),
      },
      columns: [
        { id: "name", title: t("roles.name"), text: ({ name }) => name },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", width: 2 },
        { id: "kind", title: t("roles.kind"), text: ({ built_in }) => (built_in ? t("roles.builtIn") : t("roles.own")), width: 0.7 },
        { id: "permissions", title: t("roles.permissions"), text: ({ permissions }) => String(permissions.length), width: 0.7 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["role"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/roles/{role}", { params: one(id) })),
    draftOf: (role) => ({ name: role?.name ?? "", description: role?.description ?? "", permissions: role?.permissions ?? [] }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/roles", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/roles/{role}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/roles/{role}", { params: one(id) })),
    isFixed: ({ built_in }) => built_in,
    fields: (part) => <RoleFields {...part} />,
    names: ["name"],
  };
  return <NounPage noun={noun} />;
}

function RoleFields({ draft, edit, ofField }: Fields<Typed>) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ["permissions"], queryFn: () => answer(api.GET("/api/v1/permissions")) });
  const areas = [...new Set((data?.items ?? []).map((permission) => permission.split(".")[0] ?? ""))];
  const toggle = (permission: string, isOn: boolean) =>
    edit({ permissions: isOn ? [...draft.permissions, permission] : draft.permissions.filter((other) => other !== permission) });
  return (
    <>
      <TextInput label={t("roles.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
      <table className={classes.rights}>
        <thead>
          <tr>
            <th scope="col">{t("roles.area")}</th>
            {VERBS.map((verb) => (
              <th key={verb} scope="col">
                {t(`roles.verb.${verb}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {areas.map((area) => (
            <tr key={area}>
              <th scope="row">{wordsOf(area)}</th>
              {VERBS.map((verb) => (
                <td key={verb}>
                  <Checkbox
                    aria-label={`${wordsOf(area)}: ${t(`roles.verb.${verb}`)}`}
                    checked={draft.permissions.includes(`${area}.${verb}`)}
                    onChange={(event) => toggle(`${area}.${verb}`, event.currentTarget.checked)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role, RoleGrant } from "../../api/__generated__/schema";
import { NamedSelect } from "../../choices/NamedSelect";
import { namedQuery } from "../../choices/named";
import { useTenant } from "../../session/tenant";
import { useDraft } from "../../ui/form/draft";
import rows from "../webhooks/Webhooks.module.css";
import { NO_PART, PARTS, isObject, scopeOf, wordsOf } from "./scope";

type PartialRolesProps = { grants: readonly RoleGrant[]; roles: readonly Role[]; nameOf: (role: string) => string; onChange: (grants: RoleGrant[]) => void };

/** Roles that somebody has for a part of the organization only, such as one site or the numbers of a country. */
export function PartialRoles({ grants, roles, nameOf, onChange }: PartialRolesProps) {
  const { t } = useTranslation();
  const [role, setRole] = useState("");
  const { draft, edit, reset } = useDraft(NO_PART);
  const nameOfPart = usePartName(grants);
  const scope = scopeOf(draft);
  const add = () => {
    if (scope === undefined || role === "") return;
    onChange([...grants, { role, scope }]);
    reset({ ...NO_PART, part: draft.part });
  };
  const words = (grant: RoleGrant) => t("accountsPage.forPart", { role: nameOf(grant.role), part: nameOfPart(grant) });
  return (
    <fieldset className="plain">
      <legend>{t("accountsPage.partial")}</legend>
      {grants.length > 0 && (
        <ul className={rows.rows}>
          {grants.map((grant) => (
            <li key={`${grant.role} ${JSON.stringify(grant.scope)}`}>
              <span>{words(grant)}</span>
              <Button size="compact-xs" variant="default" aria-label={t("accountsPage.removePart", { what: words(grant) })} onClick={() => onChange(grants.filter((other) => other !== grant))}>
                {t("flowEditor.remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Stack gap="xs">
        <NativeSelect
          label={t("accountsPage.role")}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
          data={[{ value: "", label: "–" }, ...roles.map(({ id, name }) => ({ value: id, label: name }))]}
        />
        <NativeSelect
          label={t("accountsPage.part")}
          value={draft.part}
          onChange={({ currentTarget: { value } }) => reset({ ...NO_PART, part: PARTS.find((part) => part === value) ?? draft.part })}
          data={PARTS.map((value) => ({ value, label: t(`accountsPage.parts.${value}`) }))}
        />
        {isObject(draft.part) ? (
          <NamedSelect key={draft.part} kind={draft.part} label={t(`accountsPage.which.${draft.part}`)} value={draft.value} onChange={(value) => edit({ value })} />
        ) : (
          <TextInput label={t(`accountsPage.which.${draft.part}`)} value={draft.value} onChange={(event) => edit({ value: event.currentTarget.value })} />
        )}
        {draft.part === "number_range" && (
          <TextInput label={t("accountsPage.lastNumber")} description={t("accountsPage.lastNumberHint")} value={draft.last} onChange={(event) => edit({ last: event.currentTarget.value })} />
        )}
        <Button variant="default" size="xs" w="fit-content" disabled={scope === undefined || role === ""} onClick={add}>
          {t("accountsPage.addPart")}
        </Button>
      </Stack>
    </fieldset>
  );
}

/** What parts are called; objects of kinds that somebody has a role for are read. */
function usePartName(grants: readonly RoleGrant[]): (grant: RoleGrant) => string {
  const { t } = useTranslation();
  const tenant = useTenant();
  const kinds = PARTS.filter(isObject).filter((kind) => grants.some(({ scope }) => scope?.type === kind));
  const known = useQueries({ queries: kinds.map((kind) => namedQuery(tenant, kind)) });
  return ({ scope }) => {
    if (scope === undefined || scope.type === "tenant") return "";
    const kind = t(`accountsPage.parts.${scope.type}`);
    const name = "id" in scope ? known.flatMap(({ data = [] }) => data).find(({ id }) => id === scope.id)?.name : undefined;
    return t("accountsPage.partNamed", { kind, name: name ?? wordsOf(scope) });
  };
}

import { Alert, Checkbox, MultiSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, AccountState, RoleGrant } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf } from "../../api/queries";
import { PersonSelect } from "../../choices/PersonSelect";
import { instantOf, moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import classes from "../webhooks/Webhooks.module.css";
import { PartialRoles } from "./PartialRoles";
import { isWhole } from "./scope";

type Typed = { email: string; name: string; person: string; roles: RoleGrant[]; enabled: boolean };

const LOOKS = { active: "fine", invited: "quiet", disabled: "quiet", locked: "warned" } as const satisfies Record<AccountState, string>;

/** The roles that there are, by their ids: built-in ones are called so. */
function useRoles() {
  const tenant = useTenant();
  const { data = [] } = useQuery({
    queryKey: keyOf(tenant, "role-names"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/roles", { params: { path: { tenant } } })).then(({ items }) => items),
    meta: { nouns: ["role"] },
  });
  return { roles: data, nameOf: (id: string) => data.find((role) => role.id === id)?.name ?? id };
}

/** Accounts: who may sign in, and with which roles. */
export function Accounts() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { nameOf } = useRoles();
  const [invited, setInvited] = useState<{ email: string; link: string }>();
  const one = (account: string) => ({ path: { tenant, account } });
  const noun: Noun<Account, Typed> = {
    words: {
      title: t("section.accounts"),
      one: t("accountsPage.one"),
      add: t("accountsPage.add"),
      empty: t("accountsPage.empty"),
      remove: t("accountsPage.delete"),
      removeEffect: t("accountsPage.deleteEffect"),
    },
    mayWrite: may("accounts.write"),
    definition: {
      name: "accounts",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/accounts", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("accountsPage.name"), text: ({ name }) => name },
        { id: "email", title: t("signIn.email"), text: ({ email }) => email, width: 1.4 },
        { id: "roles", title: t("section.roles"), text: ({ roles }) => roles.map((grant) => (isWhole(grant) ? nameOf(grant.role) : t("accountsPage.inPart", { role: nameOf(grant.role) }))).join(", ") },
        {
          id: "state",
          title: t("live.state"),
          text: ({ state }) => t(`accountsPage.state.${state}`),
          cell: ({ state }) => <State is={LOOKS[state]}>{t(`accountsPage.state.${state}`)}</State>,
        },
        { id: "factor", title: t("signIn.secondFactor.title"), text: ({ second_factor }) => (second_factor ? t("yes") : t("no")), width: 0.7 },
        { id: "last", title: t("accountsPage.last"), text: ({ last_signed_in_at }) => moment(last_signed_in_at), order: ({ last_signed_in_at }) => instantOf(last_signed_in_at), width: 1.4 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["account"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/accounts/{account}", { params: one(id) })),
    draftOf: (account) => ({
      email: account?.email ?? "",
      name: account?.name ?? "",
      person: account?.person ?? "",
      roles: account?.roles ?? [],
      enabled: account?.enabled ?? true,
    }),
    create: async ({ email, name, person, roles }) => {
      const body = { email, name, roles, person: person === "" ? null : person };
      const { invitation } = await answer(api.POST("/api/v1/tenants/{tenant}/accounts", { params: { path: { tenant } }, body }));
      setInvited({ email, link: invitation.link });
    },
    save: ({ id }, { person, ...same }, tag) =>
      answer(
        api.PATCH("/api/v1/tenants/{tenant}/accounts/{account}", {
          params: { ...one(id), header: ifMatch(tag) },
          body: { ...same, person: person === "" ? null : person },
        }),
      ),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/accounts/{account}", { params: one(id) })),
    fields: (part, account) => <AccountFields {...part} isNew={account === undefined} />,
    names: ["email", "name", "roles"],
    below: ({ id, email }) => (
      <>
        <Sessions account={id} />
        {may("accounts.write") && (
          <>
            <ActionButton
              variant="default"
              act={async () => {
                const { link } = await answer(api.POST("/api/v1/tenants/{tenant}/accounts/{account}/invite", { params: one(id) }));
                setInvited({ email, link });
              }}
            >
              {t("accountsPage.invite")}
            </ActionButton>
            <ActionButton
              variant="default"
              act={() => answer(api.POST("/api/v1/tenants/{tenant}/accounts/{account}/reset-second-factor", { params: one(id) }))}
            >
              {t("accountsPage.resetFactor")}
            </ActionButton>
          </>
        )}
      </>
    ),
    above: invited && (
      <Alert variant="outline" title={t("accountsPage.invited", { email: invited.email })} withCloseButton closeButtonLabel={t("close")} onClose={() => setInvited(undefined)}>
        <Text size="sm">{t("accountsPage.invitedHint")}</Text>
        <pre className={classes.secret}>{invited.link}</pre>
      </Alert>
    ),
  };
  return <NounPage noun={noun} />;
}

function AccountFields({ draft, edit, ofField, isNew }: Fields<Typed> & { isNew: boolean }) {
  const { t } = useTranslation();
  const { roles, nameOf } = useRoles();
  const whole = draft.roles.filter(isWhole);
  const partial = draft.roles.filter((grant) => !isWhole(grant));
  return (
    <>
      <TextInput label={t("accountsPage.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput label={t("signIn.email")} type="email" required error={ofField("email")} value={draft.email} onChange={(event) => edit({ email: event.currentTarget.value })} />
      <MultiSelect
        label={t("section.roles")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        error={ofField("roles")}
        value={whole.map(({ role }) => role)}
        onChange={(ids) => edit({ roles: [...ids.map((role) => whole.find((grant) => grant.role === role) ?? { role }), ...partial] })}
        data={roles.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <PartialRoles grants={partial} roles={roles} nameOf={nameOf} onChange={(grants) => edit({ roles: [...whole, ...grants] })} />
      <PersonSelect label={t("accountsPage.person")} value={draft.person} onChange={(person) => edit({ person: person?.id ?? "" })} />
      {!isNew && <Checkbox label={t("accountsPage.enabled")} checked={draft.enabled} onChange={(event) => edit({ enabled: event.currentTarget.checked })} />}
    </>
  );
}

/** Where somebody is signed in. */
function Sessions({ account }: { account: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, account } };
  const { data, refetch } = useQuery({
    queryKey: keyOf(tenant, "sessions", account),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/accounts/{account}/sessions", { params })),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("accountsPage.sessions")}
      </Title>
      <ul className={classes.rows}>
        {data.items.map(({ id, device, address, last_seen_at }) => (
          <li key={id}>
            <span>{device}</span>
            <span>
              {address} · {moment(last_seen_at)}
            </span>
          </li>
        ))}
      </ul>
      {may("accounts.write") && (
        <ActionButton
          variant="default"
          act={() => answer(api.POST("/api/v1/tenants/{tenant}/accounts/{account}/sessions/end", { params }))}
          onDone={() => void refetch()}
        >
          {t("accountsPage.endSessions")}
        </ActionButton>
      )}
    </Stack>
  );
}

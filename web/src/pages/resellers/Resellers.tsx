import { Alert, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Reseller, TenantState } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay, useRunsServer } from "../../session/me";
import { SERVER } from "../../shell/provider";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import classes from "../webhooks/Webhooks.module.css";

const STATES = ["active", "suspended"] as const satisfies readonly TenantState[];

type Typed = { name: string; slug: string; state: TenantState };
type Invited = { email: string; link: string };

/** Resellers: who sells to organizations of their own. */
export function Resellers() {
  const { t } = useTranslation();
  const may = useMay();
  const runsServer = useRunsServer();
  const [invited, setInvited] = useState<Invited>();
  const one = (reseller: string) => ({ path: { reseller } });
  const noun: Noun<Reseller, Typed> = {
    words: {
      title: t("provider.resellers"),
      one: t("resellers.one"),
      add: t("resellers.add"),
      empty: t("resellers.empty"),
      remove: t("resellers.delete"),
      removeEffect: t("resellers.deleteEffect"),
    },
    mayWrite: runsServer && may("resellers.write"),
    definition: {
      name: "resellers",
      tenant: SERVER,
      where: { by: "page", load: ({ cursor, signal }) => answer(api.GET("/api/v1/resellers", { params: { query: { cursor } }, signal })) },
      columns: [
        { id: "name", title: t("tenants.name"), text: ({ name }) => name, width: 1.6 },
        { id: "slug", title: t("tenants.slug"), text: ({ slug }) => slug },
        {
          id: "state",
          title: t("live.state"),
          text: ({ state }) => t(`resellers.state.${state}`),
          cell: ({ state }) => <State is={state === "active" ? "fine" : "bad"}>{t(`resellers.state.${state}`)}</State>,
        },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["reseller"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/resellers/{reseller}", { params: one(id) })),
    draftOf: (reseller) => ({ name: reseller?.name ?? "", slug: reseller?.slug ?? "", state: reseller?.state ?? "active" }),
    create: ({ name, slug }) => answer(api.POST("/api/v1/resellers", { body: { name, slug } })),
    save: ({ id }, draft, tag) => answer(api.PATCH("/api/v1/resellers/{reseller}", { params: { ...one(id), header: ifMatch(tag) }, body: draft })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/resellers/{reseller}", { params: one(id) })),
    fields: ({ draft, edit, ofField }, reseller) => (
      <>
        <TextInput label={t("tenants.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <TextInput label={t("tenants.slug")} description={t("tenants.slugHint")} required error={ofField("slug")} value={draft.slug} onChange={(event) => edit({ slug: event.currentTarget.value })} />
        {reseller !== undefined && (
          <NativeSelect
            label={t("live.state")}
            description={t("resellers.stateHint")}
            value={draft.state}
            onChange={({ currentTarget: { value } }) => edit({ state: STATES.find((one) => one === value) ?? draft.state })}
            data={STATES.map((value) => ({ value, label: t(`resellers.state.${value}`) }))}
          />
        )}
      </>
    ),
    names: ["name", "slug", "state"],
    below: ({ id }) => may("accounts.read") && <People reseller={id} onInvited={setInvited} />,
    above: invited && (
      <Alert variant="outline" mb="md" title={t("accountsPage.invited", { email: invited.email })} withCloseButton closeButtonLabel={t("close")} onClose={() => setInvited(undefined)}>
        <Text size="sm">{t("accountsPage.invitedHint")}</Text>
        <pre className={classes.secret}>{invited.link}</pre>
      </Alert>
    ),
  };
  return <NounPage noun={noun} />;
}

/** Who signs in for a reseller; an administrator is invited here, and invites others. */
function People({ reseller, onInvited }: { reseller: string; onInvited: (invited: Invited) => void }) {
  const { t } = useTranslation();
  const mayWrite = useMay()("accounts.write");
  const params = { path: { reseller } };
  const { data, error } = useQuery({
    queryKey: keyOf(SERVER, "reseller-accounts", reseller),
    queryFn: () => answer(api.GET("/api/v1/resellers/{reseller}/accounts", { params: { ...params, query: { limit: 100 } } })),
    meta: { nouns: ["reseller-account"] },
  });
  const { draft, edit, reset } = useDraft({ name: "", email: "" });
  const invite = async () => {
    const body = { ...draft, roles: [{ role: "administrator" }] };
    const { invitation } = await answer(api.POST("/api/v1/resellers/{reseller}/accounts", { params, body }));
    onInvited({ email: draft.email, link: invitation.link });
    reset({ name: "", email: "" });
    outdate(SERVER, new Set(["reseller-account"]));
  };
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("section.accounts")}
      </Title>
      <ProblemNotice error={error} />
      {data?.items.length === 0 && <Text size="sm">{t("resellers.nobody")}</Text>}
      <ul className={classes.rows}>
        {data?.items.map(({ id, name, email, state }) => (
          <li key={id}>
            <span>
              {name} · {email}
            </span>
            <span>{t(`accountsPage.state.${state}`)}</span>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <EditForm save={invite} submit={t("resellers.invite")} fields={["name", "email"]}>
          {(ofField) => (
            <>
              <TextInput label={t("accountsPage.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
              <TextInput label={t("signIn.email")} type="email" required error={ofField("email")} value={draft.email} onChange={(event) => edit({ email: event.currentTarget.value })} />
            </>
          )}
        </EditForm>
      )}
    </Stack>
  );
}

import { Checkbox, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OpenidProvider, SignInPolicy } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { hasStatus } from "../../api/problem";
import { keyOf } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { orNull } from "../../ui/noun/text";
import classes from "./SignInSettings.module.css";

/** How people sign in here: whether with a second factor, and by which provider. */
export function SignInSettings() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const params = { path: { tenant } };
  return (
    <Page title={t("section.sign-in")}>
      <div className={classes.page}>
        <section>
          <Title order={2} size="h5" mb="xs">
            {t("signIn.secondFactor.title")}
          </Title>
          <Loaded
            queryKey={keyOf(tenant, "sign-in-policy")}
            load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/sign-in-policy", { params }))}
          >
            {(read, reload) => <Policy read={read} reload={reload} />}
          </Loaded>
        </section>
        <section>
          <Title order={2} size="h5" mb="xs">
            {t("signInSettings.openid")}
          </Title>
          <Loaded queryKey={keyOf(tenant, "openid-provider")} load={() => readProvider(tenant)}>
            {(read, reload) => <Provider read={read} reload={reload} />}
          </Loaded>
        </section>
      </div>
    </Page>
  );
}

/** The provider, if there is one. */
async function readProvider(tenant: string): Promise<Tagged<OpenidProvider | undefined>> {
  try {
    return await answerWithTag(api.GET("/api/v1/tenants/{tenant}/openid-provider", { params: { path: { tenant } } }));
  } catch (error) {
    if (hasStatus(error, 404)) return { value: undefined, tag: undefined };
    throw error;
  }
}

function Policy({ read: { value, tag }, reload }: { read: Tagged<SignInPolicy>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft(value);
  const save = (known: string | undefined) =>
    answer(api.PUT("/api/v1/tenants/{tenant}/sign-in-policy", { params: { path: { tenant }, header: ifMatch(known) }, body: draft }));
  return (
    <EditForm tag={tag} save={save} onSaved={reload} onTheirs={reload} submit={t("form.save")}>
      {() => (
        <fieldset className="plain" disabled={!may("accounts.write")}>
          <Checkbox
            label={t("signInSettings.required")}
            description={t("signInSettings.requiredHint")}
            checked={draft.second_factor_required}
            onChange={(event) => edit({ second_factor_required: event.currentTarget.checked })}
          />
        </fieldset>
      )}
    </EditForm>
  );
}

function Provider({ read: { value, tag }, reload }: { read: Tagged<OpenidProvider | undefined>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant } };
  const { draft, edit } = useDraft({
    issuer: value?.issuer ?? "",
    client_id: value?.client_id ?? "",
    client_secret: "",
    creates_accounts: value?.creates_accounts ?? false,
    default_role: value?.default_role ?? "",
    groups_claim: value?.groups_claim ?? "",
  });
  const save = (known: string | undefined) =>
    answer(
      api.PUT("/api/v1/tenants/{tenant}/openid-provider", {
        params: { ...params, header: ifMatch(known) },
        body: {
          ...draft,
          client_secret: orNull(draft.client_secret),
          default_role: orNull(draft.default_role),
          groups_claim: orNull(draft.groups_claim),
          group_roles: value?.group_roles ?? [],
        },
      }),
    );
  return (
    <Stack gap="lg">
      <Text size="sm">{value === undefined ? t("signInSettings.none") : t("signInSettings.redirect", { address: value.redirect_uri })}</Text>
      <EditForm tag={tag} save={save} onSaved={reload} onTheirs={reload} submit={t("form.save")} fields={["issuer", "client_id", "client_secret", "default_role"]}>
        {(ofField) => (
          <fieldset className="plain" disabled={!may("accounts.write")}>
            <TextInput label={t("signInSettings.issuer")} type="url" required placeholder="https://login.example.com" error={ofField("issuer")} value={draft.issuer} onChange={(event) => edit({ issuer: event.currentTarget.value })} />
            <TextInput label={t("signInSettings.client")} required error={ofField("client_id")} value={draft.client_id} onChange={(event) => edit({ client_id: event.currentTarget.value })} />
            <PasswordInput
              label={t("signInSettings.secret")}
              description={value?.has_client_secret ? t("signInSettings.secretKept") : undefined}
              autoComplete="off"
              error={ofField("client_secret")}
              visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
              value={draft.client_secret}
              onChange={(event) => edit({ client_secret: event.currentTarget.value })}
            />
            <Checkbox label={t("signInSettings.creates")} checked={draft.creates_accounts} onChange={(event) => edit({ creates_accounts: event.currentTarget.checked })} />
            <TextInput label={t("signInSettings.role")} error={ofField("default_role")} value={draft.default_role} onChange={(event) => edit({ default_role: event.currentTarget.value })} />
            <TextInput label={t("signInSettings.claim")} value={draft.groups_claim} onChange={(event) => edit({ groups_claim: event.currentTarget.value })} />
          </fieldset>
        )}
      </EditForm>
      {value !== undefined && may("accounts.write") && (
        <DeleteButton
          label={t("signInSettings.delete")}
          effect={t("signInSettings.deleteEffect")}
          act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/openid-provider", { params }))}
          onDone={reload}
        />
      )}
    </Stack>
  );
}

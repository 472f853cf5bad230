import { Anchor, Button, Code, Group, List, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, rememberCsrfToken } from "../../api/client";
import { queryClient } from "../../api/queries";
import { moment } from "../../format/time";
import { paths } from "../../paths";
import { SignInFrame } from "../../session/SignInFrame";
import { meQuery, useMe } from "../../session/me";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import classes from "../webhooks/Webhooks.module.css";

const again = () => queryClient.invalidateQueries({ queryKey: meQuery.queryKey });

/** What somebody does with their own account: password, second factor, sessions. */
export function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <SignInFrame title={t("own.title")}>
      <Stack gap="xl">
        <Text size="sm">
          {me.name} · {me.email}
        </Text>
        <Password />
        <SecondFactor />
        <Sessions />
        <Anchor component={Link} to={paths.start}>
          {t("own.back")}
        </Anchor>
      </Stack>
    </SignInFrame>
  );
}

function Password() {
  const { t } = useTranslation();
  const { draft, edit, reset } = useDraft({ current: "", next: "" });
  const eye = { "aria-label": t("signIn.showPassword") };
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t("signIn.password")}
      </Title>
      <EditForm
        save={() => answer(api.POST("/api/v1/me/password", { body: { current: draft.current, new: draft.next } }))}
        onSaved={() => reset({ current: "", next: "" })}
        submit={t("own.changePassword")}
        fields={["current", "new"]}
      >
        {(ofField) => (
          <>
            <PasswordInput
              label={t("own.current")}
              autoComplete="current-password"
              required
              error={ofField("current")}
              visibilityToggleButtonProps={eye}
              value={draft.current}
              onChange={(event) => edit({ current: event.currentTarget.value })}
            />
            <PasswordInput
              label={t("invitation.password")}
              description={t("invitation.hint")}
              autoComplete="new-password"
              required
              error={ofField("new")}
              visibilityToggleButtonProps={eye}
              value={draft.next}
              onChange={(event) => edit({ next: event.currentTarget.value })}
            />
          </>
        )}
      </EditForm>
    </section>
  );
}

/** An authenticator app beside the password: set up, with codes for the day that it is lost, and taken away. */
function SecondFactor() {
  const { t } = useTranslation();
  const { factors } = useMe();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const body = { password };
  const begin = useMutation({ mutationFn: () => answer(api.POST("/api/v1/me/totp", { body })) });
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/me/totp/confirm", { body: { code: code.trim() } })),
    onSuccess: ({ csrf_token }) => {
      rememberCsrfToken(csrf_token);
      begin.reset();
      setCode("");
      void again();
    },
  });
  const renew = useMutation({ mutationFn: () => answer(api.POST("/api/v1/me/recovery-codes", { body })), onSuccess: again });
  const remove = useMutation({ mutationFn: () => answer(api.POST("/api/v1/me/totp/remove", { body })), onSuccess: again });
  if (factors == null) return null;
  const codes = confirm.data?.recovery_codes ?? renew.data?.recovery_codes;
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t("signIn.secondFactor.title")}
      </Title>
      <Stack gap="sm">
        <Text size="sm">
          <State is={factors.totp ? "fine" : "quiet"}>
            {factors.totp ? t("own.hasFactor", { count: factors.recovery_codes_left }) : t("own.noFactor")}
          </State>
        </Text>
        {codes && (
          <>
            <Text size="sm">{t("signIn.setup.recovery")}</Text>
            <List>
              {codes.map((one) => (
                <List.Item key={one}>
                  <Code>{one}</Code>
                </List.Item>
              ))}
            </List>
          </>
        )}
        <PasswordInput
          label={t("own.current")}
          description={t("own.currentHint")}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {begin.data && (
          <>
            <Text size="sm">{t("signIn.setup.words")}</Text>
            <Code block>{begin.data.secret}</Code>
            <Anchor href={begin.data.uri}>{t("signIn.setup.open")}</Anchor>
            <TextInput
              label={t("signIn.secondFactor.code")}
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button w="fit-content" loading={confirm.isPending} onClick={() => confirm.mutate()}>
              {t("signIn.setup.submit")}
            </Button>
          </>
        )}
        <ProblemNotice error={begin.error ?? confirm.error ?? renew.error ?? remove.error} />
        <Group gap="xs">
          {!factors.totp && begin.data === undefined && (
            <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
              {t("own.setUp")}
            </Button>
          )}
          {factors.totp && (
            <>
              <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
                {t("own.newCodes")}
              </Button>
              <Button variant="outline" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
                {t("own.takeAway")}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </section>
  );
}

/** Where somebody is signed in, and how to end that. */
function Sessions() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: ["my-sessions"], queryFn: () => answer(api.GET("/api/v1/me/sessions")) });
  const end = useMutation({
    mutationFn: (session: string) => answer(api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session } } })),
    onSuccess: () => refetch(),
  });
  const others = data?.items.filter(({ current }) => !current) ?? [];
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t("accountsPage.sessions")}
      </Title>
      <ProblemNotice error={error ?? end.error} />
      <ul className={classes.rows}>
        {data?.items.map(({ id, device, address, last_seen_at, current }) => (
          <li key={id}>
            <span>
              {device} · {address}
              <br />
              <Text span size="xs" c="dimmed">
                {moment(last_seen_at)}
              </Text>
            </span>
            {current ? (
              <State is="fine">{t("own.thisOne")}</State>
            ) : (
              <Button size="compact-xs" variant="default" onClick={() => end.mutate(id)}>
                {t("own.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <ActionButton mt="xs" variant="default" act={() => answer(api.POST("/api/v1/me/sessions/end-others"))} onDone={() => void refetch()}>
          {t("own.endOthers")}
        </ActionButton>
      )}
    </section>
  );
}

import { Anchor, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type ComponentType, type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignInStage } from "../api/__generated__/schema";
import { answer, api, rememberCsrfToken } from "../api/client";
import { useDraft } from "../ui/form/draft";
import { ProblemNotice } from "../ui/ProblemNotice";
import { SecondFactor } from "./SecondFactor";
import { SecondFactorSetup } from "./SecondFactorSetup";
import { SignInFrame } from "./SignInFrame";
import { openidLink, openidQuery } from "./openid";

type Frame = ComponentType<{ title: string; children: ReactNode }>;

type SignInProps = {
  stage: SignInStage | "nobody";
  onSignedIn: () => void;
  /** What stands around each step: a page, or a dialog over one. */
  frame?: Frame;
};

/** Signing in, up to where somebody is signed in. */
export function SignIn({ stage: first, onSignedIn, frame: Frame = SignInFrame }: SignInProps) {
  const { t } = useTranslation();
  const [stage, setStage] = useState(first);
  const go = (next: SignInStage) => (next === "signed_in" ? onSignedIn() : setStage(next));
  switch (stage) {
    case "nobody":
      return (
        <Frame title={t("signIn.title")}>
          <Password onDone={go} />
        </Frame>
      );
    case "second_factor_needed":
      return (
        <Frame title={t("signIn.secondFactor.title")}>
          <SecondFactor onDone={go} />
        </Frame>
      );
    case "second_factor_setup_needed":
    case "signed_in":
      return (
        <Frame title={t("signIn.setup.title")}>
          <SecondFactorSetup onDone={onSignedIn} />
        </Frame>
      );
  }
}

function Password({ onDone }: { onDone: (stage: SignInStage) => void }) {
  const { t } = useTranslation();
  const { draft, edit } = useDraft({ email: "", password: "", tenant: "" });
  const signIn = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/sign-in", { body: { ...draft, tenant: draft.tenant.trim() || undefined } })),
    onSuccess: ({ state, csrf_token }) => {
      rememberCsrfToken(csrf_token);
      onDone(state);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemNotice error={signIn.error} />
        <TextInput
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          required
          value={draft.email}
          onChange={(event) => edit({ email: event.currentTarget.value })}
        />
        <PasswordInput
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          value={draft.password}
          onChange={(event) => edit({ password: event.currentTarget.value })}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
        />
        <TextInput
          label={t("signIn.tenant")}
          description={t("signIn.tenantHint")}
          value={draft.tenant}
          onChange={(event) => edit({ tenant: event.currentTarget.value })}
        />
        <Button type="submit" loading={signIn.isPending}>
          {t("signIn.submit")}
        </Button>
        <Elsewhere tenant={draft.tenant.trim()} />
      </Stack>
    </form>
  );
}

/** The way over an OpenID provider, where there is one. */
function Elsewhere({ tenant }: { tenant: string }) {
  const { t } = useTranslation();
  const { data: isThere } = useQuery(openidQuery(tenant));
  if (isThere !== true) return null;
  return (
    <>
      <Divider label={t("signIn.or")} />
      <Anchor href={openidLink(tenant)}>{t("signIn.openid")}</Anchor>
    </>
  );
}

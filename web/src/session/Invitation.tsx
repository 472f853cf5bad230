import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignInStage } from "../api/__generated__/schema";
import { answer, api, rememberCsrfToken } from "../api/client";
import { ProblemNotice } from "../ui/ProblemNotice";
import { SignInFrame } from "./SignInFrame";

/** An invitation that is taken up: its token stands behind `#`, which no server sees. */
export function Invitation({ token, onDone }: { token: string; onDone: (stage: SignInStage) => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const accept = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/sign-in/invitation", { body: { token, password } })),
    onSuccess: ({ state, csrf_token }) => {
      rememberCsrfToken(csrf_token);
      onDone(state);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <SignInFrame title={t("invitation.title")}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemNotice error={accept.error} />
          <Text>{t("invitation.words")}</Text>
          <PasswordInput
            label={t("invitation.password")}
            description={t("invitation.hint")}
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          />
          <Button type="submit" loading={accept.isPending}>
            {t("invitation.submit")}
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}

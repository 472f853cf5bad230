import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignInStage } from "../api/__generated__/schema";
import { answer, api, rememberCsrfToken } from "../api/client";
import { ProblemNotice } from "../ui/ProblemNotice";

/** The code of an authenticator app, or a recovery code. */
export function SecondFactor({ onDone }: { onDone: (stage: SignInStage) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const prove = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/sign-in/second-factor", { body: { code: code.trim() } })),
    onSuccess: ({ state, csrf_token }) => {
      rememberCsrfToken(csrf_token);
      onDone(state);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemNotice error={prove.error} />
        <TextInput
          label={t("signIn.secondFactor.code")}
          description={t("signIn.secondFactor.hint")}
          autoComplete="one-time-code"
          required
          data-autofocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={prove.isPending}>
          {t("signIn.submit")}
        </Button>
      </Stack>
    </form>
  );
}

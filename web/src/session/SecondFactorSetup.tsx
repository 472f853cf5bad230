import { Anchor, Button, Code, List, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, rememberCsrfToken } from "../api/client";
import { ProblemNotice } from "../ui/ProblemNotice";

/** Setting up an authenticator app, where one is asked of everybody. */
export function SecondFactorSetup({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const begun = useQuery({
    queryKey: ["totp"],
    queryFn: () => answer(api.POST("/api/v1/me/totp", { body: {} })),
    // Each answer is another secret: the one that is in the app must stay.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/me/totp/confirm", { body: { code: code.trim() } })),
    onSuccess: ({ csrf_token }) => rememberCsrfToken(csrf_token),
  });
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes} onDone={onDone} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemNotice error={begun.error ?? confirm.error} />
        <Text>{t("signIn.setup.words")}</Text>
        {begun.data && (
          <>
            <Code block>{begun.data.secret}</Code>
            <Anchor href={begun.data.uri}>{t("signIn.setup.open")}</Anchor>
          </>
        )}
        <TextInput
          label={t("signIn.secondFactor.code")}
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={confirm.isPending}>
          {t("signIn.setup.submit")}
        </Button>
      </Stack>
    </form>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Text>{t("signIn.setup.recovery")}</Text>
      <List>
        {codes.map((code) => (
          <List.Item key={code}>
            <Code>{code}</Code>
          </List.Item>
        ))}
      </List>
      <Button onClick={onDone}>{t("signIn.setup.kept")}</Button>
    </Stack>
  );
}

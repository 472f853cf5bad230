import { Modal, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { outdateAll } from "../api/queries";
import { SignIn } from "../session/SignIn";

/** Signing in, in a window over the page. */
export function SignInAgain() {
  return <SignIn stage="nobody" onSignedIn={outdateAll} frame={Dialog} />;
}

function Dialog({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text mb="md">{t("shell.ended")}</Text>
      {children}
    </Modal>
  );
}

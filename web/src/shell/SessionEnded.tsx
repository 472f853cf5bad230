import { Modal, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { hasStatus } from "../api/problem";
import { outdateAll } from "../api/queries";
import { SignIn } from "../session/SignIn";
import { meQuery } from "../session/me";

/** Asks who was signed out to sign in again, over the page that they were on: what they typed there stays. */
export function SessionEnded() {
  const { error } = useQuery(meQuery);
  if (!hasStatus(error, 401)) return null;
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

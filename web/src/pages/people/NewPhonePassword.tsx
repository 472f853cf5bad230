import { Alert, Code, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { useTenant } from "../../session/tenant";
import { ActionButton } from "../../ui/form/ActionButton";

/** Another password for a person's phones, shown this once. */
export function NewPhonePassword({ person }: { person: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [password, setPassword] = useState("");
  const act = async () => {
    const params = { path: { tenant, user: person } };
    const made = await answer(api.POST("/api/v1/tenants/{tenant}/users/{user}/reset-password", { params }));
    setPassword(made.password);
  };
  if (password !== "") {
    return (
      <Alert color="green" variant="outline" title={t("people.newPassword")}>
        <Text size="sm">{t("people.password")}</Text>
        <Code block>{password}</Code>
      </Alert>
    );
  }
  return (
    <ActionButton variant="default" act={act}>
      {t("people.resetPassword")}
    </ActionButton>
  );
}

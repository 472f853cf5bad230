import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "./ActionButton";

type DeleteButtonProps = { label: string; effect: string; act: () => Promise<unknown>; onDone: () => void };

/** Deletes after a question that says what it does to calls. */
export function DeleteButton({ label, effect, act, onDone }: DeleteButtonProps) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <Button variant="outline" color="red" w="fit-content" onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  }
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <Text size="sm">{effect}</Text>
      <Group gap="xs" align="flex-start">
        <ActionButton color="red" act={act} onDone={onDone}>
          {label}
        </ActionButton>
        <Button variant="default" onClick={() => setAsking(false)}>
          {t("form.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}

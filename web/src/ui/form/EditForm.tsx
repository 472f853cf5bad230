import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { hasStatus } from "../../api/problem";
import { ProblemNotice } from "../ProblemNotice";

type EditFormProps = {
  /** The tag of what was read; none for something new. */
  tag?: string | undefined;
  /** Saves; without a tag it does so whatever somebody else saved meanwhile. */
  save: (tag: string | undefined) => Promise<unknown>;
  onSaved?: () => void;
  /** Reads again what somebody else saved; what is typed here is given up. */
  onTheirs?: () => void;
  submit: string;
  /** What is said when it was done; that it is saved, if nothing is given. */
  said?: string;
  /** Fields that show what is wrong with them themselves. */
  fields?: readonly string[];
  children: (ofField: (field: string) => string | undefined) => ReactNode;
};

/** A form that saves one object, says why that failed, and lets choose when somebody else changed it. */
export function EditForm({ tag, save, onSaved, onTheirs, submit, said, fields = [], children }: EditFormProps) {
  const { t } = useTranslation();
  const saving = useMutation({ mutationFn: save, onSuccess: onSaved });
  const isStale = hasStatus(saving.error, 412);
  const ofField = (field: string) =>
    hasStatus(saving.error, 422) || hasStatus(saving.error, 409) ? saving.error.ofField(field) : undefined;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate(tag);
  };
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        {children(ofField)}
        {isStale && (
          <Alert color="orange" variant="outline" role="alert" title={t("form.staleTitle")}>
            <Text size="sm" mb="xs">
              {t("form.stale")}
            </Text>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={onTheirs}>
                {t("form.takeTheirs")}
              </Button>
              <Button size="xs" onClick={() => saving.mutate(undefined)}>
                {t("form.keepMine")}
              </Button>
            </Group>
          </Alert>
        )}
        {!isStale && <ProblemNotice error={saving.error} besides={fields} />}
        <Group>
          <Button type="submit" loading={saving.isPending}>
            {submit}
          </Button>
          {saving.isSuccess && (
            <Text size="sm" role="status">
              {said ?? t("form.saved")}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

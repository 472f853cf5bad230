import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { App } from "../../api/__generated__/schema";
import { Refusal } from "../../api/problem";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { publishDraft } from "./source";

type PublishButtonProps = {
  app: App;
  differences: readonly string[];
  isDisabled: boolean;
  settle: () => Promise<void>;
  onPublished: () => void;
};

/** Lets calls meet the draft, after its tests passed, or over them. */
export function PublishButton({ app, differences, isDisabled, settle, onPublished }: PublishButtonProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [isOpen, { open, close }] = useDisclosure(false);
  const publishing = useMutation({
    mutationFn: async (force: boolean) => {
      await settle();
      await publishDraft(tenant, app, force);
    },
    onSuccess: () => {
      close();
      onPublished();
    },
  });
  const hasRedTests = publishing.error instanceof Refusal && publishing.error.problem.code === "flow_tests_failed";
  const begin = () => {
    publishing.reset();
    void settle().then(open, open);
  };
  return (
    <>
      <Button disabled={isDisabled} onClick={begin}>
        {t("flowEditor.publish")}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t("flowEditor.publishTitle")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <Text size="sm">{t("flowEditor.publishEffect")}</Text>
          <List size="sm">
            {differences.map((difference) => (
              <List.Item key={difference}>{difference}</List.Item>
            ))}
          </List>
          <ProblemNotice error={publishing.error} />
          <Group>
            <Button loading={publishing.isPending} onClick={() => publishing.mutate(false)}>
              {t("flowEditor.publishSure")}
            </Button>
            {hasRedTests && (
              <Button color="red" variant="outline" onClick={() => publishing.mutate(true)}>
                {t("flowEditor.publishForce")}
              </Button>
            )}
            <Button variant="default" onClick={close}>
              {t("form.cancel")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

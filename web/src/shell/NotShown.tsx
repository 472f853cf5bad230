import { Anchor, Button, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { queryClient } from "../api/queries";
import { paths } from "../paths";
import { ProblemNotice } from "../ui/ProblemNotice";

/** A page that could not be shown, with a way on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const again = () => {
    queryClient.removeQueries({ predicate: ({ state }) => state.status === "error" });
    reset();
  };
  return (
    <Stack p="xl" maw="40rem" component="main">
      <Title order={1} size="h3">
        {t("notShown.failed")}
      </Title>
      <ProblemNotice error={error} />
      <Button onClick={again} w="fit-content">
        {t("notShown.again")}
      </Button>
    </Stack>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Stack p="xl" component="main">
      <Title order={1} size="h3">
        {t("notShown.notFound")}
      </Title>
      <Text>{t("notShown.notFoundWords")}</Text>
      <Anchor component={Link} to={paths.start}>
        {t("notShown.start")}
      </Anchor>
    </Stack>
  );
}

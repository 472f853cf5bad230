import { Alert, List, Progress as Bar, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Refusal } from "../../api/problem";
import { sentence } from "../../format/sentence";
import type { Progress } from "./each";

/** More than these nobody reads one by one. */
const SHOWN_MAX = 20;

/** How far something is with each of many, and with which it failed. */
export function EachProgress<T>({ progress, nameOf }: { progress: Progress<T>; nameOf: (item: T) => string }) {
  const { t } = useTranslation();
  const { done, total, failures } = progress;
  return (
    <Stack gap="xs">
      <Text size="sm" role="status">
        {t("list.done", { done, total })}
      </Text>
      <Bar value={total === 0 ? 100 : (100 * done) / total} aria-label={t("order.progress")} />
      {failures.length > 0 && (
        <Alert color="red" variant="outline" role="alert" title={t("list.notDone", { count: failures.length })}>
          <List size="sm">
            {failures.slice(0, SHOWN_MAX).map(({ item, error }) => (
              <List.Item key={nameOf(item)}>
                {nameOf(item)}: {error instanceof Refusal ? sentence(error.problem.detail) : t("problem.awayTitle")}
                {error instanceof Refusal && error.problem.fix ? ` ${sentence(error.problem.fix)}` : ""}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

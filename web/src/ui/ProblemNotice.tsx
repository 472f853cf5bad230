import { Alert, List, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Away, Refusal, Strange } from "../api/problem";
import { sentence } from "../format/sentence";

const TITLES: Partial<Record<number, TitleKey>> = {
  401: "problem.title.401",
  403: "problem.title.403",
  404: "problem.title.404",
  409: "problem.title.409",
  412: "problem.title.412",
  422: "problem.title.422",
  429: "problem.title.429",
  503: "problem.title.503",
};

type TitleKey = `problem.title.${401 | 403 | 404 | 409 | 412 | 422 | 429 | 503}`;

/** Says what happened, why, and what to do; nothing where nothing went wrong. */
export function ProblemNotice({ error, besides = [] }: { error: unknown; besides?: readonly string[] }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  if (error instanceof Refusal) return <Refused refusal={error} besides={besides} />;
  const words = error instanceof Away ? t("problem.away") : t("problem.strange");
  const title = error instanceof Away ? t("problem.awayTitle") : t("problem.strangeTitle");
  return (
    <Alert color="red" role="alert" title={title} variant="outline">
      <Text size="sm">{words}</Text>
      {error instanceof Strange && <Text size="xs">{t("problem.status", { status: error.status })}</Text>}
    </Alert>
  );
}

function Refused({ refusal, besides }: { refusal: Refusal; besides: readonly string[] }) {
  const { t } = useTranslation();
  const { code, detail, fix, errors = [], retry_after_seconds: seconds } = refusal.problem;
  const title = t(TITLES[refusal.status] ?? "problem.refused");
  // What stands beside its field already is not said twice.
  const rest = errors.filter(({ field }) => !besides.includes(field));
  return (
    <Alert color="red" role="alert" title={title} variant="outline">
      <Text size="sm">{sentence(detail)}</Text>
      {rest.length > 0 && (
        <List size="sm">
          {rest.map(({ field, message }) => (
            <List.Item key={`${field} ${message}`}>
              {field}: {message}
            </List.Item>
          ))}
        </List>
      )}
      {fix && (
        <Text size="sm" fw={600}>
          {t("problem.fix", { fix })}
        </Text>
      )}
      {seconds != null && <Text size="sm">{t("problem.retry", { seconds })}</Text>}
      <Text size="xs" c="dimmed">
        {t("problem.code", { code })}
      </Text>
    </Alert>
  );
}

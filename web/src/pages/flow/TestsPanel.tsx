import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { App, FlowTestResult } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf, outdate } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import classes from "./Panels.module.css";

type TestsPanelProps = {
  app: App;
  isDraft: boolean;
  mayWrite: boolean;
  settle: () => Promise<void>;
  onSteps: (result: FlowTestResult) => void;
};

/** The tests of a flow, run on what is being edited. */
export function TestsPanel({ app, isDraft, mayWrite, settle, onSteps }: TestsPanelProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const params = { path: { tenant } };
  const { data: tests = [], error } = useQuery({
    queryKey: keyOf(tenant, "flow-tests", app.id),
    queryFn: () =>
      everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/flow-tests", { params: { ...params, query: { app: app.id, cursor } } }))),
    meta: { nouns: ["flow_test"] },
  });
  const read = () => outdate(tenant, new Set(["flow_test"]));
  const running = useMutation({
    mutationFn: async () => {
      await settle();
      return answer(api.POST("/api/v1/tenants/{tenant}/flow-tests/run", { params, body: { app, draft: isDraft } }));
    },
  });
  const writing = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/tenants/{tenant}/flow-tests/generate", { params, body: { app } })),
    onSuccess: read,
  });
  const deleting = useMutation({
    mutationFn: (test: string) => answer(api.DELETE("/api/v1/tenants/{tenant}/flow-tests/{test}", { params: { path: { tenant, test } } })),
    onSuccess: read,
  });
  const results = new Map(running.data?.results.map((result) => [result.id, result]));
  return (
    <Stack gap="sm">
      <Text size="sm">{t("flowEditor.testsHint")}</Text>
      <Group gap="xs">
        <Button size="xs" disabled={tests.length === 0} loading={running.isPending} onClick={() => running.mutate()}>
          {isDraft ? t("flowEditor.runDraft") : t("flowEditor.run")}
        </Button>
        {mayWrite && (
          <Button size="xs" variant="default" loading={writing.isPending} onClick={() => writing.mutate()}>
            {t("flowEditor.generate")}
          </Button>
        )}
      </Group>
      <ProblemNotice error={error ?? running.error ?? writing.error ?? deleting.error} />
      {running.data && (
        <p role="status" className={classes.outcome}>
          <State is={running.data.failed === 0 ? "fine" : "bad"}>
            {t("flowEditor.ran", { passed: running.data.passed, total: running.data.total })}
          </State>
        </p>
      )}
      {tests.length === 0 && <Text size="sm">{t("flowEditor.noTests")}</Text>}
      <ul className={classes.rows} aria-label={t("flowEditor.panel.tests")}>
        {tests.map(({ id = "", name, expect }) => {
          const result = results.get(id);
          return (
            <li key={id}>
              <div className={classes.grow}>
                <State is={result === undefined ? "quiet" : result.passed ? "fine" : "bad"}>{name}</State>
                <div className={classes.small}>
                  {t("flowEditor.expected", { what: result?.expected ?? expect })}
                  {result && !result.passed && ` ${t("flowEditor.but", { what: sentence(result.end.words) })}`}
                </div>
              </div>
              {result && !result.passed && (
                <Button size="compact-xs" variant="default" onClick={() => onSteps(result)}>
                  {t("flowEditor.showPath")}
                </Button>
              )}
              {mayWrite && (
                <Button size="compact-xs" variant="subtle" aria-label={t("flowEditor.deleteTest", { name })} onClick={() => deleting.mutate(id)}>
                  ✕
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}

import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { App } from "../../api/__generated__/schema";
import { keyOf } from "../../api/queries";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";
import { CompareVersions } from "./CompareVersions";
import classes from "./Panels.module.css";
import type { FlowDocument } from "./document";
import { readVersions, revertTo } from "./source";

type VersionsPanelProps = {
  app: App;
  mayWrite: boolean;
  document: FlowDocument;
  names: ReadonlyMap<string, string>;
  onReverted: () => void;
};

/** What was published, by whom and with what changes, and the way back to it. */
export function VersionsPanel({ app, mayWrite, document, names, onReverted }: VersionsPanelProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [asked, setAsked] = useState<number>();
  const { data: versions = [], error } = useQuery({
    queryKey: keyOf(tenant, "flow-versions", app.id),
    queryFn: () => readVersions(tenant, app),
    meta: { nouns: [app.type] },
  });
  return (
    <Stack gap="sm">
      <ProblemNotice error={error} />
      <ol className={classes.rows} aria-label={t("flowEditor.panel.versions")}>
        {versions.map(({ version, at, actor, action, differences }, place) => (
          <li key={version}>
            <div className={classes.grow}>
              <strong>{t("flowEditor.version", { version })}</strong> {place === 0 && `· ${t("flowEditor.published")}`}
              <div className={classes.small}>
                {moment(at)} · {actor} · {action}
              </div>
              {differences.length > 0 && (
                <details className={classes.small}>
                  <summary>{t("flowEditor.changes", { count: differences.length })}</summary>
                  <ul>
                    {differences.map((difference) => (
                      <li key={difference}>{difference}</li>
                    ))}
                  </ul>
                </details>
              )}
              {asked === version && (
                <Group gap="xs" mt={6} align="flex-start">
                  <ActionButton
                    size="xs"
                    act={() => revertTo(tenant, app, version)}
                    onDone={() => {
                      setAsked(undefined);
                      onReverted();
                    }}
                  >
                    {t("flowEditor.revertSure", { version })}
                  </ActionButton>
                  <Button size="xs" variant="default" onClick={() => setAsked(undefined)}>
                    {t("form.cancel")}
                  </Button>
                  <Text size="xs">{t("flowEditor.revertEffect")}</Text>
                </Group>
              )}
            </div>
            {mayWrite && place > 0 && asked !== version && (
              <Button size="compact-xs" variant="default" aria-label={t("flowEditor.revertTo", { version })} onClick={() => setAsked(version)}>
                {t("flowEditor.revert")}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {versions.length > 0 && <CompareVersions app={app} versions={versions.map(({ version }) => version)} document={document} names={names} />}
    </Stack>
  );
}

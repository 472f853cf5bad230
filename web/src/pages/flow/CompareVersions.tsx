import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { App } from "../../api/__generated__/schema";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import classes from "./Panels.module.css";
import { compare } from "./compare";
import type { FlowDocument } from "./document";
import { readVersion } from "./source";

type CompareVersionsProps = {
  app: App;
  /** Numbers of what was published, the newest first. */
  versions: readonly number[];
  /** What is edited: the draft, or what is published. */
  document: FlowDocument;
  names: ReadonlyMap<string, string>;
};

const EDITED = "edited";

/** What differs between any two versions, or between one and what is edited. */
export function CompareVersions({ app, versions, document, names }: CompareVersionsProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [from, setFrom] = useState(String(versions[0] ?? ""));
  const [to, setTo] = useState(EDITED);
  const read = (which: string) => (which === EDITED ? document.settings : readVersion(tenant, app, Number(which)));
  const comparing = useMutation({
    mutationFn: async () => {
      const [before, after] = await Promise.all([read(from), read(to)]);
      return compare(before, after, (id) => names.get(id));
    },
  });
  const choices = versions.map((version) => ({ value: String(version), label: t("flowEditor.version", { version }) }));
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <NativeSelect label={t("flowEditor.compareFrom")} size="xs" value={from} onChange={(event) => setFrom(event.currentTarget.value)} data={choices} />
        <NativeSelect
          label={t("flowEditor.compareTo")}
          size="xs"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          data={[{ value: EDITED, label: t("flowEditor.edited") }, ...choices]}
        />
        <Button size="xs" variant="default" loading={comparing.isPending} onClick={() => comparing.mutate()}>
          {t("flowEditor.compare")}
        </Button>
      </Group>
      <ProblemNotice error={comparing.error} />
      {comparing.data?.length === 0 && (
        <Text size="sm" role="status">
          {t("decks.same")}
        </Text>
      )}
      {comparing.data !== undefined && comparing.data.length > 0 && (
        <ul className={classes.rows} aria-label={t("flowEditor.differs")}>
          {comparing.data.map(({ path, before, after }) => (
            <li key={path}>
              <div className={classes.grow}>
                <div className={classes.small}>{path}</div>
                {before || "–"} → {after || "–"}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

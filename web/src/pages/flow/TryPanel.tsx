import { Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Explanation } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { sentence } from "../../format/sentence";
import { duration, ownZone } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useDraft } from "../../ui/form/draft";
import { KeepTest } from "./KeepTest";
import classes from "./TryPanel.module.css";
import type { FlowDocument } from "./document";
import { placeOf } from "./findings";
import type { Graph } from "./graph";

/** What agents and people do, as the API calls it. */
export const DOES = ["answers", "no_answer", "busy", "away", "offline", "opted_out", "declines"] as const;

type TryPanelProps = {
  document: FlowDocument;
  graph: Graph;
  isDraft: boolean;
  mayWrite: boolean;
  settle: () => Promise<void>;
  told: Explanation | undefined;
  onTold: (told: Explanation | undefined) => void;
  onChoose: (node: string, exit: string) => void;
};

/** Tries a call at a time and by a caller: nothing rings, the way of the call lights up. */
export function TryPanel({ document, graph, isDraft, mayWrite, settle, told, onTold, onChoose }: TryPanelProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ from: "", at: "", keys: "", agents: "answers", people: "answers", waiting: 0 });
  const { settings, type } = document;
  const trying = useMutation({
    mutationFn: async () => {
      await settle();
      const assume = {
        ...(draft.agents === "answers" ? {} : { agents: draft.agents }),
        ...(draft.people === "answers" ? {} : { people: draft.people }),
        ...(draft.waiting === 0 ? {} : { waiting: String(draft.waiting) }),
      };
      const body = {
        to: `${type === "auto_attendant" ? "attendant" : "queue"}:${settings.name}`,
        from: draft.from.trim() === "" ? null : draft.from.trim(),
        at: draft.at === "" ? null : new Date(draft.at).toISOString(),
        keys: draft.keys,
        assume,
        ...(isDraft ? { draft_of: { type, id: settings.id ?? "" } } : {}),
      };
      return answer(api.POST("/api/v1/tenants/{tenant}/explain", { params: { path: { tenant } }, body }));
    },
    onSuccess: onTold,
  });
  const choices = DOES.map((does) => ({ value: does, label: t(`flowEditor.does.${does}`) }));
  return (
    <Stack gap="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          trying.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{isDraft ? t("flowEditor.triesDraft") : t("flowEditor.triesPublished")}</Text>
          <TextInput
            label={t("flowEditor.caller")}
            description={t("flowEditor.callerHint")}
            placeholder="+14255550123"
            value={draft.from}
            onChange={(event) => edit({ from: event.currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label={t("flowEditor.when", { zone: ownZone() })}
            description={t("flowEditor.whenHint")}
            value={draft.at}
            onChange={(event) => edit({ at: event.currentTarget.value })}
          />
          {type === "auto_attendant" && (
            <TextInput
              label={t("attendants.keys")}
              description={t("flowEditor.keysHint")}
              value={draft.keys}
              onChange={(event) => edit({ keys: event.currentTarget.value })}
            />
          )}
          <Group grow align="flex-end">
            <NativeSelect label={t("queues.agents")} value={draft.agents} onChange={(event) => edit({ agents: event.currentTarget.value })} data={choices} />
            <NativeSelect label={t("flowEditor.people")} value={draft.people} onChange={(event) => edit({ people: event.currentTarget.value })} data={choices} />
          </Group>
          <NumberInput
            label={t("flowEditor.waitAlready")}
            min={0}
            value={draft.waiting}
            onChange={(waiting) => edit({ waiting: Number(waiting) })}
          />
          <Group>
            <Button type="submit" loading={trying.isPending}>
              {t("flowEditor.try")}
            </Button>
            {told && (
              <Button variant="default" onClick={() => onTold(undefined)}>
                {t("flowEditor.unlight")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      <ProblemNotice error={trying.error} />
      {told && <Told told={told} graph={graph} onChoose={onChoose} />}
      {told && mayWrite && (
        <KeepTest
          app={{ type, id: settings.id ?? "" }}
          told={told}
          call={{ from: draft.from.trim() === "" ? null : draft.from.trim(), keys: draft.keys, assume: told.assumed }}
        />
      )}
    </Stack>
  );
}

/** What would become of a call, step by step. */
function Told({ told, graph, onChoose }: { told: Explanation; graph: Graph; onChoose: (node: string, exit: string) => void }) {
  const { t } = useTranslation();
  return (
    <div>
      <p role="status" className={classes.end}>
        {sentence(told.end.words)}
      </p>
      <ol className={classes.steps} aria-label={t("flowEditor.steps")}>
        {told.steps.map(({ after_seconds, words, setting }, place) => {
          const own = graph.nodes.filter(({ app }) => app.id === setting?.id);
          const at = setting == null ? undefined : placeOf(setting.field, own.map((node) => ({ ...node, isNested: false })));
          return (
            // Two steps may say the same.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={place}>
              <span className={classes.time}>{duration(after_seconds)}</span>
              {at === undefined ? (
                <span>{sentence(words)}</span>
              ) : (
                <button type="button" className={classes.step} onClick={() => onChoose(at.node, at.exit ?? "")}>
                  {sentence(words)}
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

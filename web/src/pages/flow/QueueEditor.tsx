import { Checkbox, NativeSelect, NumberInput, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallQueue } from "../../api/__generated__/schema";
import { keyOf } from "../../api/queries";
import { PromptField } from "../../choices/PromptField";
import { type Chosen, peopleOf } from "../../choices/people";
import { promptDraftOf, promptOf } from "../../choices/prompt";
import { useTenant } from "../../session/tenant";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { type QueueDraft, draftOf, queueOf } from "../queues/draft";
import { Agents, General, Selection } from "../queues/parts";
import { Announcements } from "./Announcements";
import { Exits } from "./AttendantEditors";
import { CallbackFields } from "./CallbackFields";
import { QueueAlertFields } from "./QueueAlertFields";
import { QueueHours } from "./QueueHours";
import { QueueOrderFields } from "./QueueOrderFields";
import type { FlowExit } from "./graph";

type QueueEditorProps = {
  queue: CallQueue;
  exits: readonly FlowExit[];
  onChange: (next: CallQueue) => void;
  onExit: (id: string) => void;
  /** Opens the exit of a field. */
  onField: (field: string) => void;
};

/** What a queue says, who answers in it, and how long callers wait. */
export function QueueEditor(props: QueueEditorProps) {
  const tenant = useTenant();
  const { queue } = props;
  return (
    <Loaded queryKey={keyOf(tenant, "queue-agents", queue.id)} load={() => peopleOf(tenant, queue.agents ?? [])}>
      {(agents) => <Fields {...props} agents={agents} />}
    </Loaded>
  );
}

function Fields({ queue, agents, exits, onChange, onExit, onField }: QueueEditorProps & { agents: Chosen[] }) {
  const { t } = useTranslation();
  // Only what agents are called is not in the queue itself.
  const known = useDraft<{ agents: Chosen[] }>({ agents });
  const inOrder = (queue.agents ?? []).map((id) => known.draft.agents.find((agent) => agent.id === id) ?? { id, label: id });
  const draft = draftOf(queue, inOrder);
  const edit = (change: Partial<QueueDraft>) => {
    if (change.agents !== undefined) known.edit({ agents: change.agents });
    const next = queueOf({ ...draft, ...change }, queue);
    // Exits are edited by themselves, with what is theirs alone.
    onChange({ ...next, overflow: queue.overflow, timeout: queue.timeout });
  };
  const part = { draft, edit };
  const set = (change: Partial<CallQueue>) => onChange({ ...queue, ...change });
  return (
    <Stack gap="sm">
      <General {...part} />
      <PromptField
        label={t("flowEditor.music")}
        description={t("flowEditor.musicHint")}
        language={queue.language}
        value={promptDraftOf(queue.music)}
        onChange={(prompt) => set({ music: promptOf(prompt) })}
      />
      <Agents {...part} />
      <Selection {...part} />
      <NumberInput
        label={t("flowEditor.wrapUp")}
        min={0}
        value={queue.wrap_up_seconds ?? 0}
        onChange={(seconds) => set({ wrap_up_seconds: Number(seconds) })}
      />
      <NumberInput
        label={t("queues.overflowAt")}
        min={0}
        max={200}
        value={queue.overflow_threshold ?? 50}
        onChange={(callers) => set({ overflow_threshold: Number(callers) })}
      />
      <NumberInput
        label={t("queues.timeoutAfter")}
        min={0}
        max={2700}
        value={queue.timeout_seconds ?? 1200}
        onChange={(seconds) => set({ timeout_seconds: Number(seconds) })}
      />
      <NativeSelect
        label={t("flowEditor.noAgentFor")}
        value={queue.no_agent?.apply_to ?? "all_calls"}
        onChange={({ currentTarget: { value } }) =>
          set({ no_agent: { ...queue.no_agent, apply_to: value === "new_calls" ? "new_calls" : "all_calls" } })
        }
        data={[
          { value: "all_calls", label: t("flowEditor.applyTo.all_calls") },
          { value: "new_calls", label: t("flowEditor.applyTo.new_calls") },
        ]}
      />
      <Checkbox
        label={t("flowEditor.hasNoFree")}
        checked={queue.no_free_agent != null}
        onChange={(event) =>
          set({
            no_free_agent: event.currentTarget.checked ? { after_seconds: 30, exception: { action: { type: "disconnect" } } } : null,
          })
        }
      />
      {queue.no_free_agent && (
        <NumberInput
          label={t("flowEditor.noFreeAfter")}
          min={0}
          value={queue.no_free_agent.after_seconds}
          onChange={(seconds) => queue.no_free_agent && set({ no_free_agent: { ...queue.no_free_agent, after_seconds: Number(seconds) } })}
        />
      )}
      <NumberInput
        label={t("flowEditor.serviceLevel")}
        description={t("flowEditor.serviceLevelHint")}
        min={1}
        value={queue.service_level_seconds ?? ""}
        onChange={(seconds) => set({ service_level_seconds: seconds === "" ? null : Number(seconds) })}
      />
      <QueueHours queue={queue} set={set} onExit={onField} />
      <QueueOrderFields queue={queue} set={set} />
      <QueueAlertFields queue={queue} set={set} />
      <Announcements queue={queue} set={set} />
      <CallbackFields queue={queue} set={set} />
      <Exits exits={exits.filter(({ wires }) => wires !== undefined)} onExit={onExit} />
    </Stack>
  );
}

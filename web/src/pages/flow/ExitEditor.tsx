import { Button, NativeSelect, Radio, Stack, TagsInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Action, Exception, MenuOption } from "../../api/__generated__/schema";
import { PromptField } from "../../choices/PromptField";
import { TargetField } from "../../choices/TargetField";
import { promptDraftOf, promptOf } from "../../choices/prompt";
import { NO_TARGET, type TargetDraft, draftOf, targetOf } from "../../choices/target";
import { ACTIONS, AUTOMATIC, KEYS } from "../attendants/draft";
import type { FlowDocument } from "./document";
import { changedFlow, exceptionAt, flowAt, wired, wiringOf, withException } from "./wire";

type EditorProps = { document: FlowDocument; field: string; onChange: (next: FlowDocument) => void; onGone: () => void };

/** Where one exit leads, and what is said on the way. */
export function ExitEditor({ document, field, onChange, onGone }: EditorProps) {
  const { t } = useTranslation();
  if (document.type === "call_queue") return <QueueExit document={document} field={field} onChange={onChange} />;
  if (field === "operator") {
    const { operator } = document.settings;
    return (
      <WiredTarget
        label={t("attendants.operator")}
        value={operator ? draftOf(operator) : NO_TARGET}
        onChange={(target) => onChange(wired(document, field, { type: "target", target: targetOf(target, operator ?? undefined) }))}
      />
    );
  }
  const found = /^(.*)\.menu\.options\[(\d+)\]$/.exec(field);
  const flow = flowAt(document.settings, found?.[1] ?? "");
  const place = Number(found?.[2]);
  const option = flow?.menu.options[place];
  if (flow === undefined || option === undefined) return null;
  const setOptions = (options: MenuOption[]) =>
    onChange({
      ...document,
      settings: changedFlow(document.settings, found?.[1] ?? "", (before) => ({ ...before, menu: { ...before.menu, options } })),
    });
  const taken = flow.menu.options.map(({ key }) => key);
  return (
    <OptionEditor
      option={option}
      taken={taken}
      hasVoice={document.settings.voice_input === true}
      language={document.settings.language}
      onChange={(next) => setOptions(flow.menu.options.map((other, at) => (at === place ? next : other)))}
      onRemove={() => {
        onGone();
        setOptions(flow.menu.options.filter((_, at) => at !== place));
      }}
    />
  );
}

type OptionEditorProps = {
  option: MenuOption;
  taken: readonly string[];
  hasVoice: boolean;
  language: string;
  onChange: (option: MenuOption) => void;
  onRemove: () => void;
};

function OptionEditor({ option, taken, hasVoice, language, onChange, onRemove }: OptionEditorProps) {
  const { t } = useTranslation();
  const { key, action } = option;
  // A target that is not chosen yet is nothing that could be kept.
  const [kind, setKind] = useState<Action["type"]>(action.type);
  const keys = KEYS.filter((other) => other === key || !taken.includes(other));
  const choose = (next: Action["type"]) => {
    setKind(next);
    const made = actionOf(next);
    if (made !== undefined) onChange({ ...option, action: made });
  };
  return (
    <Stack gap="sm">
      {key !== AUTOMATIC && (
        <NativeSelect
          label={t("attendants.keyLabel")}
          value={key}
          onChange={(event) => onChange({ ...option, key: event.currentTarget.value })}
          data={[...keys]}
        />
      )}
      <NativeSelect
        label={t("attendants.action")}
        value={kind}
        onChange={({ currentTarget: { value } }) => choose(ACTIONS.find((one) => one === value) ?? kind)}
        data={ACTIONS.map((one) => ({ value: one, label: t(`attendants.actions.${one}`) }))}
      />
      {kind === "transfer" && (
        <WiredTarget
          label={t("exit.where")}
          value={action.type === "transfer" ? draftOf(action.target) : NO_TARGET}
          onChange={(target) => {
            const before = action.type === "transfer" ? action.target : undefined;
            onChange({ ...option, action: { type: "transfer", target: targetOf(target, before) } });
          }}
        />
      )}
      {kind === "search_directory" && action.type === "search_directory" && (
        <NativeSelect
          label={t("flowEditor.searchBy")}
          value={action.by}
          onChange={({ currentTarget: { value } }) => {
            const by = (["by_name", "by_extension", "both"] as const).find((one) => one === value) ?? action.by;
            onChange({ ...option, action: { ...action, by } });
          }}
          data={(["by_name", "by_extension", "both"] as const).map((by) => ({ value: by, label: t(`flowEditor.by.${by}`) }))}
        />
      )}
      {kind === "announcement" && action.type === "announcement" && (
        <PromptField
          label={t("attendants.announcement")}
          required
          language={language}
          value={promptDraftOf(action.prompt)}
          onChange={(prompt) => onChange({ ...option, action: { ...action, prompt: promptOf(prompt) ?? { type: "text", text: "" } } })}
        />
      )}
      {(hasVoice || (option.phrases ?? []).length > 0) && key !== AUTOMATIC && (
        <TagsInput
          label={t("flowEditor.phrases")}
          description={t(hasVoice ? "flowEditor.phrasesHint" : "flowEditor.phrasesOff")}
          maxTags={PHRASES_MAX}
          value={option.phrases ?? []}
          onChange={(phrases) => onChange({ ...option, phrases })}
        />
      )}
      {key !== AUTOMATIC && (
        <Button variant="default" size="xs" w="fit-content" onClick={onRemove}>
          {t("attendants.removeKey", { key })}
        </Button>
      )}
    </Stack>
  );
}

/** As many as the server takes. */
const PHRASES_MAX = 5;

/** An action of a kind that needs nothing more to be chosen. */
function actionOf(kind: Action["type"]): Action | undefined {
  switch (kind) {
    case "operator":
    case "disconnect":
      return { type: kind };
    case "search_directory":
      return { type: kind, by: "by_name" };
    case "announcement":
      return { type: kind, prompt: { type: "text", text: "" } };
    case "transfer":
      return undefined;
  }
}

function QueueExit({ document, field, onChange }: Omit<EditorProps, "onGone" | "document"> & { document: Extract<FlowDocument, { type: "call_queue" }> }) {
  const { t } = useTranslation();
  const wiring = wiringOf(document, field);
  const now = wiring?.type === "target" ? "target" : wiring?.type === "wait" ? "wait" : "disconnect";
  const [kind, setKind] = useState<"target" | "disconnect" | "wait">(now);
  const queue = document.settings;
  const exception = exceptionAt(queue, field);
  const say = (change: Partial<Exception>) => {
    if (exception !== undefined) onChange({ ...document, settings: withException(queue, field, { ...exception, ...change }) });
  };
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("flowEditor.then")}
        value={kind}
        onChange={(value) => {
          const chosen = (["target", "disconnect", "wait"] as const).find((one) => one === value) ?? kind;
          setKind(chosen);
          if (chosen !== "target") onChange(wired(document, field, { type: chosen }));
        }}
      >
        <Stack gap="xs" mt="xs">
          {field === "no_agent.action" && <Radio value="wait" label={t("flowEditor.waitsOn")} />}
          <Radio value="disconnect" label={t("exit.disconnect")} />
          <Radio value="target" label={t("exit.forward")} />
        </Stack>
      </Radio.Group>
      {kind === "target" && (
        <WiredTarget
          label={t("exit.where")}
          value={wiring?.type === "target" ? draftOf(wiring.target) : NO_TARGET}
          onChange={(target) => {
            const before = wiring?.type === "target" ? wiring.target : undefined;
            onChange(wired(document, field, { type: "target", target: targetOf(target, before) }));
          }}
        />
      )}
      {exception !== undefined && (
        <PromptField
          label={t("queues.timeoutPrompt")}
          language={queue.language}
          value={promptDraftOf(exception.prompt)}
          onChange={(prompt) => say({ prompt: promptOf(prompt) })}
        />
      )}
    </Stack>
  );
}

type WiredTargetProps = { label: string; value: TargetDraft; onChange: (target: TargetDraft) => void };

/** Enough of a number that somebody is not still typing it. */
const NUMBER = /^(\+\d{6,}|\d{2,})$/;

/** A target that is told once it was chosen; until then it is only here. */
function WiredTarget({ label, value, onChange }: WiredTargetProps) {
  const [draft, setDraft] = useState(value);
  const choose = (next: TargetDraft) => {
    setDraft(next);
    const isChosen = next.kind === "external" ? NUMBER.test(next.value) : next.value !== "";
    if (isChosen) onChange(next);
  };
  return <TargetField label={label} value={draft} onChange={choose} />;
}

import { Button, Checkbox, Group, MultiSelect, NativeSelect, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Association, AutoAttendant, CallFlow, MenuOption } from "../../api/__generated__/schema";
import { NamedSelect } from "../../choices/NamedSelect";
import { PromptField } from "../../choices/PromptField";
import { TargetField } from "../../choices/TargetField";
import { namedQuery } from "../../choices/named";
import { promptDraftOf, promptOf } from "../../choices/prompt";
import { NO_TARGET, targetOf } from "../../choices/target";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { AUTOMATIC, KEYS } from "../attendants/draft";
import { AddHours, type HoursType } from "./AddHours";
import classes from "./Editors.module.css";
import type { FlowExit } from "./graph";
import { changedFlow, flowAt } from "./wire";

type EditorProps = { attendant: AutoAttendant; onChange: (next: AutoAttendant) => void };

/** What holds for the whole attendant. */
export function GeneralEditor({ attendant, onChange }: EditorProps) {
  const { t } = useTranslation();
  const edit = (change: Partial<AutoAttendant>) => onChange({ ...attendant, ...change });
  const [adds, setAdds] = useState(false);
  return (
    <Stack gap="sm">
      <TextInput label={t("attendants.name")} required value={attendant.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput
        label={t("flow.language")}
        description={t("flow.languageHint")}
        required
        value={attendant.language}
        onChange={(event) => edit({ language: event.currentTarget.value })}
      />
      <TextInput
        label={t("flow.timeZone")}
        description={t("flow.timeZoneHint")}
        required
        value={attendant.time_zone}
        onChange={(event) => edit({ time_zone: event.currentTarget.value })}
      />
      <NumberInput
        label={t("flowEditor.waitSeconds")}
        description={t("flowEditor.waitSecondsHint")}
        min={1}
        max={60}
        value={attendant.wait_seconds ?? 5}
        onChange={(seconds) => edit({ wait_seconds: Number(seconds) })}
      />
      <Checkbox
        label={t("flowEditor.voiceInput")}
        checked={attendant.voice_input ?? false}
        onChange={(event) => edit({ voice_input: event.currentTarget.checked })}
      />
      <Scope label={t("flowEditor.finds")} hint={t("flowEditor.findsHint")} value={attendant.inclusion_scope?.groups ?? []} onChange={(groups) => edit({ inclusion_scope: groups.length === 0 ? null : { groups } })} />
      <Scope label={t("flowEditor.findsNot")} value={attendant.exclusion_scope?.groups ?? []} onChange={(groups) => edit({ exclusion_scope: groups.length === 0 ? null : { groups } })} />
      <Checkbox
        label={t("attendants.hasOperator")}
        checked={attendant.operator != null || adds}
        onChange={(event) => {
          setAdds(event.currentTarget.checked);
          if (!event.currentTarget.checked) edit({ operator: null });
        }}
      />
      {adds && attendant.operator == null && (
        <FirstTarget label={t("attendants.operator")} onChosen={(operator) => edit({ operator })} />
      )}
    </Stack>
  );
}

/** Groups whose members callers may find by name or extension, or may not. */
function Scope({ label, hint, value, onChange }: { label: string; hint?: string; value: string[]; onChange: (groups: string[]) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const { data: groups = [] } = useQuery({ ...namedQuery(useTenant(), "group"), enabled: may("groups.read") });
  return (
    <MultiSelect
      label={label}
      description={hint}
      searchable
      nothingFoundMessage={t("choice.nothing")}
      value={value}
      onChange={onChange}
      data={groups.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

function FirstTarget({ label, onChosen }: { label: string; onChosen: (target: ReturnType<typeof targetOf>) => void }) {
  const [draft, setDraft] = useState(NO_TARGET);
  return (
    <TargetField
      label={label}
      value={draft}
      onChange={(next) => {
        setDraft(next);
        if (next.kind !== "external" && next.value !== "") onChosen(targetOf(next));
      }}
    />
  );
}

/** When callers hear something else than usual. */
export function HoursEditor({ attendant, onChange }: EditorProps) {
  const { t } = useTranslation();
  const associations = attendant.associations ?? [];
  const set = (next: Association[]) => onChange({ ...attendant, associations: next });
  const add = (type: HoursType, schedule: string) => {
    const flow: CallFlow = { name: "", greeting: null, menu: { prompt: null, options: [{ key: AUTOMATIC, action: { type: "disconnect" } }] } };
    set([...associations, { type, schedule, enabled: true, flow: { ...flow, name: t(`flowEditor.association.${type}`) } }]);
  };
  return (
    <Stack gap="sm">
      {associations.map((association, place) => {
        const change = (next: Partial<Association>) =>
          set(associations.map((other, at) => (at === place ? { ...association, ...next } : other)));
        return (
          // Their place is what tells one from another.
          // oxlint-disable-next-line react/no-array-index-key
          <fieldset key={place} className={classes.part}>
            <legend>{t(`flowEditor.association.${association.type}`)}</legend>
            <Stack gap="xs">
              <NamedSelect
                kind="schedule"
                label={t("flowEditor.within")}
                required
                value={association.schedule}
                onChange={(id) => id !== "" && change({ schedule: id })}
              />
              <Group justify="space-between">
                <Checkbox
                  label={t("flowEditor.isOn")}
                  checked={association.enabled}
                  onChange={(event) => change({ enabled: event.currentTarget.checked })}
                />
                <Button size="xs" variant="default" onClick={() => set(associations.filter((_, at) => at !== place))}>
                  {t("flowEditor.remove")}
                </Button>
              </Group>
            </Stack>
          </fieldset>
        );
      })}
      <AddHours onAdd={add} />
    </Stack>
  );
}

const SEARCHES = ["none", "by_name", "by_extension", "both"] as const;

type MenuEditorProps = EditorProps & { field: string; exits: readonly FlowExit[]; onExit: (id: string) => void };

/** What one flow says, and what callers can choose in it. */
export function MenuEditor({ attendant, field, exits, onChange, onExit }: MenuEditorProps) {
  const { t } = useTranslation();
  const flow = flowAt(attendant, field);
  // Keys are still there for whoever goes back from going on at once.
  const before = useRef<MenuOption[]>([]);
  if (flow === undefined) return null;
  const edit = (change: Partial<CallFlow>) => onChange(changedFlow(attendant, field, (old) => ({ ...old, ...change })));
  const editMenu = (change: Partial<CallFlow["menu"]>) => edit({ menu: { ...flow.menu, ...change } });
  const { options } = flow.menu;
  const goesOn = options.some(({ key }) => key === AUTOMATIC);
  const free = KEYS.find((key) => !options.some((option) => option.key === key));
  const goOn = (value: string) => {
    if ((value === "on") === goesOn) return;
    const kept = before.current;
    before.current = options;
    const automatic: MenuOption = { key: AUTOMATIC, action: options[0]?.action ?? { type: "disconnect" } };
    editMenu({ options: value === "on" ? [automatic] : kept.filter(({ key }) => key !== AUTOMATIC) });
  };
  const addKey = () => {
    if (free === undefined) return;
    const action = attendant.operator ? ({ type: "operator" } as const) : ({ type: "disconnect" } as const);
    editMenu({ options: [...options, { key: free, action }] });
    onExit(`${field}.menu.options[${options.length}]`);
  };
  return (
    <Stack gap="sm">
      <TextInput label={t("flowEditor.flowName")} value={flow.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <PromptField
        label={t("attendants.greeting")}
        description={t("attendants.greetingHint")}
        language={attendant.language}
        value={promptDraftOf(flow.greeting)}
        onChange={(prompt) => edit({ greeting: promptOf(prompt) })}
      />
      <Radio.Group label={t("attendants.after")} value={goesOn ? "on" : "menu"} onChange={goOn}>
        <Stack gap="xs" mt="xs">
          <Radio value="menu" label={t("attendants.offersMenu")} />
          <Radio value="on" label={t("attendants.goesOn")} />
        </Stack>
      </Radio.Group>
      {!goesOn && (
        <>
          <PromptField
            label={t("attendants.menu")}
            description={t("attendants.menuHint")}
            language={attendant.language}
            value={promptDraftOf(flow.menu.prompt)}
            onChange={(prompt) => editMenu({ prompt: promptOf(prompt) })}
          />
          <NativeSelect
            label={t("flowEditor.namesToo")}
            value={flow.menu.directory_search ?? "none"}
            onChange={({ currentTarget: { value } }) =>
              editMenu({ directory_search: SEARCHES.find((one) => one === value) ?? "none" })
            }
            data={SEARCHES.map((one) => ({ value: one, label: t(`flowEditor.by.${one}`) }))}
          />
          <Checkbox
            label={t("flowEditor.forceListen")}
            checked={flow.force_listen ?? false}
            onChange={(event) => edit({ force_listen: event.currentTarget.checked })}
          />
        </>
      )}
      <Exits exits={exits.filter(({ wires }) => wires !== undefined)} onExit={onExit} />
      {!goesOn && (
        <Button variant="default" size="xs" w="fit-content" disabled={free === undefined} onClick={addKey}>
          {t("attendants.addKey")}
        </Button>
      )}
    </Stack>
  );
}

/** Ways out, to be opened one by one. */
export function Exits({ exits, onExit }: { exits: readonly FlowExit[]; onExit: (id: string) => void }) {
  const { t } = useTranslation();
  if (exits.length === 0) return null;
  return (
    <div>
      <h3 className={classes.title}>{t("flowEditor.exits")}</h3>
      <Group gap={6} mt={6}>
        {exits.map(({ id, label }) => (
          <Button key={id} size="compact-sm" variant="default" onClick={() => onExit(id)}>
            {label}
          </Button>
        ))}
      </Group>
    </div>
  );
}

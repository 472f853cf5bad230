import type { Action, AutoAttendant, CallFlow, MenuOption } from "../../api/__generated__/schema";
import { NO_PROMPT, type PromptDraft, promptDraftOf, promptOf } from "../../choices/prompt";
import { NO_TARGET, type TargetDraft, draftOf as targetDraftOf, targetOf } from "../../choices/target";

/** The keys of a telephone; `*` and `#` repeat and go back. */
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"] as const;

/** What a choice can do. */
export const ACTIONS = ["transfer", "operator", "search_directory", "announcement", "disconnect"] as const satisfies readonly Action["type"][];

export type ActionKind = (typeof ACTIONS)[number];

/** A choice as it is typed. `before` is what the API had, so that nothing of it is lost that is not shown. */
export type OptionDraft = {
  key: string;
  kind: ActionKind;
  target: TargetDraft;
  prompt: PromptDraft;
  before?: Action | undefined;
};

/** An attendant as it is typed: what most attendants need. Everything else of an attendant stays as it is. */
export type AttendantDraft = {
  name: string;
  language: string;
  time_zone: string;
  greeting: PromptDraft;
  /** Goes on at once; otherwise callers choose. */
  goesOn: boolean;
  menu: PromptDraft;
  options: OptionDraft[];
  hasOperator: boolean;
  operator: TargetDraft;
};

export const NO_OPTION: OptionDraft = { key: "1", kind: "transfer", target: NO_TARGET, prompt: NO_PROMPT };

/** The key of what happens without any key. */
export const AUTOMATIC = "automatic";

export const USUAL: AttendantDraft = {
  name: "",
  language: "en-US",
  time_zone: "UTC",
  greeting: NO_PROMPT,
  goesOn: false,
  menu: NO_PROMPT,
  options: [],
  hasOperator: false,
  operator: NO_TARGET,
};

export function draftOf(attendant: AutoAttendant): AttendantDraft {
  const { greeting, menu } = attendant.default_flow;
  return {
    name: attendant.name,
    language: attendant.language,
    time_zone: attendant.time_zone,
    greeting: promptDraftOf(greeting),
    goesOn: menu.options.some(({ key }) => key === AUTOMATIC),
    menu: promptDraftOf(menu.prompt),
    options: menu.options.map(optionDraftOf),
    hasOperator: attendant.operator != null,
    operator: attendant.operator ? targetDraftOf(attendant.operator) : NO_TARGET,
  };
}

/** The attendant of the API, with whatever of an earlier one the draft does not show. */
export function attendantOf(draft: AttendantDraft, before?: AutoAttendant): AutoAttendant {
  const { name, language, time_zone, hasOperator, operator } = draft;
  return {
    ...before,
    name,
    language,
    time_zone,
    operator: hasOperator ? targetOf(operator, before?.operator ?? undefined) : null,
    default_flow: flowOf(draft, before?.default_flow),
  };
}

function flowOf({ greeting, goesOn, menu, options }: AttendantDraft, before?: CallFlow): CallFlow {
  const wanted = options.filter(({ key }) => (key === AUTOMATIC) === goesOn);
  return {
    name: "Default",
    ...before,
    greeting: promptOf(greeting),
    menu: { ...before?.menu, prompt: goesOn ? null : promptOf(menu), options: wanted.map(optionOf) },
  };
}

function optionDraftOf({ key, action }: MenuOption): OptionDraft {
  return {
    key,
    kind: action.type,
    target: action.type === "transfer" ? targetDraftOf(action.target) : NO_TARGET,
    prompt: action.type === "announcement" ? promptDraftOf(action.prompt) : NO_PROMPT,
    before: action,
  };
}

function optionOf({ key, kind, target, prompt, before }: OptionDraft): MenuOption {
  switch (kind) {
    case "transfer":
      return {
        key,
        action: { type: kind, target: targetOf(target, before?.type === kind ? before.target : undefined) },
      };
    case "announcement":
      return { key, action: { type: kind, prompt: promptOf(prompt) ?? { type: "text", text: "" } } };
    case "search_directory":
      return { key, action: { type: kind, by: before?.type === kind ? before.by : "by_name" } };
    case "operator":
    case "disconnect":
      return { key, action: { type: kind } };
  }
}

/** The first key that is free. */
export function freeKey(options: readonly OptionDraft[]): string | undefined {
  return KEYS.find((key) => !options.some((option) => option.key === key));
}

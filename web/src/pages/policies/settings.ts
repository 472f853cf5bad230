import type { PolicyChange, PolicySetting } from "../../api/__generated__/schema";

/** How a setting is typed, as far as what it takes says so. */
export type Shape =
  | { as: "switch" }
  | { as: "choice"; choices: readonly string[]; mayBeNothing: boolean }
  | { as: "number"; min: number; max: number; mayBeNothing: boolean }
  | { as: "texts" }
  | { as: "numbers" }
  | { as: "moment" }
  | { as: "object"; kind: (typeof KINDS)[keyof typeof KINDS] }
  | { as: "objects"; kind: "translation_rule" }
  | { as: "text"; mayBeNothing: boolean }
  | { as: "json" };

/** What a setting takes, of the words that the API has for it. */
export function shapeOf({ takes, choices }: Pick<PolicySetting, "takes" | "choices">): Shape {
  const mayBeNothing = /or null$/.test(takes);
  if (choices != null && choices.length > 0) return { as: "choice", choices, mayBeNothing };
  if (takes === "true or false") return { as: "switch" };
  const [, min, max] = /whole number from (\d+) to (\d+)/.exec(takes) ?? [];
  if (min !== undefined && max !== undefined && !takes.startsWith("a list")) return { as: "number", min: Number(min), max: Number(max), mayBeNothing };
  const kind = NAMES.find((one) => takes.startsWith(`the id of a ${one}`));
  if (kind !== undefined) return { as: "object", kind: KINDS[kind] };
  if (/^a list of at most \d+, each the id of a translation rule$/.test(takes)) return { as: "objects", kind: "translation_rule" };
  if (/^a list of at most \d+ whole numbers\b/.test(takes)) return { as: "numbers" };
  if (takes.startsWith("a moment such as")) return { as: "moment" };
  if (/^a list of at most \d+ texts/.test(takes) || /^a list of at most \d+, each a number/.test(takes)) return { as: "texts" };
  if (takes.startsWith("a list") || takes.includes("each with")) return { as: "json" };
  return { as: "text", mayBeNothing };
}

const KINDS = { "resource account": "resource_account", "dial plan": "dial_plan", "audio file": "audio_file", site: "site", trunk: "trunk" } as const;
const NAMES = ["resource account", "dial plan", "audio file", "site", "trunk"] as const satisfies readonly (keyof typeof KINDS)[];

/** What was changed of settings: only that is told to the API, so that what others change stays. */
export function changed(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value)));
}

/** What is written in capitals. */
const CAPITALS = /\b(ai|api|dtls|ice|id|ip|mos|mwi|pstn|rtp|sip|srtp|tcp|tls|udp|url)\b/g;

/** A name of the API as words: `allow_call_park` is "Allow call park". */
export function wordsOf(name: string): string {
  const words = name.replaceAll("_", " ").replace(CAPITALS, (found) => found.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Settings as they are sent: each is what the API says that it takes, which its description can't tell by type. */
export function sent(settings: Record<string, unknown>): PolicyChange["settings"] {
  return JSON.parse(JSON.stringify(settings));
}

import type { GrantScope, RoleGrant } from "../../api/__generated__/schema";
import type { Kind } from "../../choices/named";

/** Parts of an organization that a role may be given for, in the order in which they are offered. */
export const PARTS = ["site", "group", "number_range", "tag", "country", "auto_attendant", "call_queue"] as const;
export type Part = (typeof PARTS)[number];

/** Parts that are objects of the organization, chosen by their names. */
const OBJECTS = ["site", "group", "auto_attendant", "call_queue"] as const satisfies readonly (Part & Kind)[];
export type ObjectPart = (typeof OBJECTS)[number];

/** A part, as it is typed: an object, a word, or the first and the last number of a range. */
export type PartDraft = { part: Part; value: string; last: string };

export const NO_PART: PartDraft = { part: "site", value: "", last: "" };

export function isObject(part: Part): part is ObjectPart {
  return OBJECTS.some((one) => one === part);
}

/** The part of the API; nothing while it is half typed. */
export function scopeOf({ part, value, last }: PartDraft): GrantScope | undefined {
  const typed = value.trim();
  if (typed === "") return undefined;
  switch (part) {
    case "site":
    case "group":
    case "auto_attendant":
    case "call_queue":
      return { type: part, id: typed };
    case "number_range":
      return { type: part, first: numberOf(typed), last: numberOf(last.trim() === "" ? typed : last) };
    case "tag":
      return { type: part, tag: typed };
    case "country":
      return { type: part, country: typed.toUpperCase() };
  }
}

/** What a part is called, but for objects, which have names of their own. */
export function wordsOf(scope: GrantScope): string {
  switch (scope.type) {
    case "tenant":
      return "";
    case "number_range":
      return scope.first === scope.last ? scope.first : `${scope.first} – ${scope.last}`;
    case "tag":
      return scope.tag;
    case "country":
      return scope.country;
    case "site":
    case "group":
    case "auto_attendant":
    case "call_queue":
      return scope.id;
  }
}

/** Whether a role is given for all of the organization. */
export function isWhole({ scope }: RoleGrant): boolean {
  return scope === undefined || scope.type === "tenant";
}

function numberOf(text: string): string {
  return text.replaceAll(/[\s().-]/g, "");
}

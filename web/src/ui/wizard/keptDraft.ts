import { useEffect } from "react";
import { type Draft, useDraft } from "../form/draft";

/** A draft that outlives leaving the page, until it is finished or this tab is closed. */
export function useKeptDraft<T extends object>(name: string, first: T): Draft<T> & { forget: () => void } {
  const kept = `draft.${name}`;
  const draft = useDraft<T>(() => read(sessionStorage.getItem(kept), first));
  useEffect(() => sessionStorage.setItem(kept, JSON.stringify(draft.draft)), [kept, draft.draft]);
  return { ...draft, forget: () => sessionStorage.removeItem(kept) };
}

/** What was kept, if it has the fields that the draft has today. */
export function read<T extends object>(text: string | null, first: T): T {
  if (text === null) return first;
  try {
    const kept: unknown = JSON.parse(text);
    return hasFieldsOf(kept, first) ? kept : first;
  } catch {
    return first;
  }
}

function hasFieldsOf<T extends object>(value: unknown, first: T): value is T {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map(Object.entries(value));
  return Object.entries(first).every(([key, field]) => field === undefined || typeof fields.get(key) === typeof field);
}

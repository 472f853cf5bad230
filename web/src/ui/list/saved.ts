import { useState } from "react";

/** A view with a name, kept in this browser: what stands behind `?` in the address. */
export type SavedView = { name: string; search: Partial<Record<string, string>> };

const SAVED_MAX = 30;

export function useSavedViews(list: string) {
  const kept = `views.${list}`;
  const [views, setViews] = useState(() => read(localStorage.getItem(kept)));
  const set = (next: SavedView[]) => {
    localStorage.setItem(kept, JSON.stringify(next));
    setViews(next);
  };
  return {
    views,
    save: (view: SavedView) => set([...views.filter(({ name }) => name !== view.name), view].slice(-SAVED_MAX)),
    remove: (name: string) => set(views.filter((view) => view.name !== name)),
  };
}

/** What was kept; nothing of what can't be read. */
export function read(text: string | null): SavedView[] {
  if (text === null) return [];
  try {
    const kept: unknown = JSON.parse(text);
    return Array.isArray(kept) ? kept.filter(isSaved) : [];
  } catch {
    return [];
  }
}

function isSaved(value: unknown): value is SavedView {
  const isObject = (thing: unknown): thing is object => typeof thing === "object" && thing !== null;
  if (!isObject(value) || !("name" in value) || !("search" in value) || !isObject(value.search)) return false;
  return typeof value.name === "string" && Object.values(value.search).every((part) => typeof part === "string");
}

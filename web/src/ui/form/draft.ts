import { useState } from "react";

/** What somebody is typing, not saved yet. */
export type Draft<T> = {
  draft: T;
  edit: (change: Partial<T>) => void;
  reset: (to: T) => void;
};

export function useDraft<T extends object>(first: T | (() => T)): Draft<T> {
  const [draft, setDraft] = useState(first);
  return {
    draft,
    edit: (change) => setDraft((before) => ({ ...before, ...change })),
    reset: setDraft,
  };
}

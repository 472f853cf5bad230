import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { App } from "../../api/__generated__/schema";
import { keyOf, outdate } from "../../api/queries";
import type { FlowDocument, World } from "./document";
import { type Kept, namesOf, peopleIn, readWorld, saveDraft } from "./source";

/** Whoever goes on typing is not saved at each letter. */
const PAUSE_MILLIS = 700;
/** So many changes can be taken back. */
const UNDO_MAX = 100;

export type Saving = "same" | "waiting" | "saving" | "saved" | "failed";

export type Flow = {
  document: FlowDocument;
  change: (next: FlowDocument) => void;
  undo: () => void;
  canUndo: boolean;
  saving: Saving;
  error: unknown;
  kept: Kept;
  /** Waits until what was changed is kept. */
  settle: () => Promise<void>;
  /** Gives up what was not kept yet. */
  forget: () => void;
  /** Keeps what is here over what somebody else kept meanwhile. */
  overwrite: () => void;
};

/** What is edited: each change is kept as a draft a moment later, and can be taken back. */
export function useFlow(tenant: string, first: Kept, mayWrite: boolean): Flow {
  const [document, setDocument] = useState(first.value);
  const [past, setPast] = useState<readonly FlowDocument[]>([]);
  const [saving, setSaving] = useState<Saving>("same");
  const [error, setError] = useState<unknown>(null);
  const [kept, setKept] = useState(first);
  const latest = useRef({ document: first.value, saved: first.value, tag: first.tag });
  const running = useRef<Promise<void>>(undefined);

  const save = useCallback(async (): Promise<void> => {
    if (running.current !== undefined) await running.current;
    const { document: wanted, saved, tag } = latest.current;
    if (wanted === saved) return;
    const work = async () => {
      setSaving("saving");
      try {
        const answered = await saveDraft(tenant, wanted, tag);
        latest.current = { ...latest.current, saved: wanted, tag: answered.tag };
        setKept(answered);
        setError(null);
        setSaving(latest.current.document === wanted ? "saved" : "waiting");
      } catch (refused) {
        setError(refused);
        setSaving("failed");
        throw refused;
      }
    };
    running.current = work().finally(() => (running.current = undefined));
    await running.current;
  }, [tenant]);

  useEffect(() => {
    if (!mayWrite || document === latest.current.saved) return undefined;
    const timer = setTimeout(() => void save().catch(() => undefined), PAUSE_MILLIS);
    return () => clearTimeout(timer);
  }, [document, save, mayWrite]);

  // Who goes to another page a moment after the last change loses nothing.
  useEffect(() => {
    if (!mayWrite) return undefined;
    return () => void save().catch(() => undefined);
  }, [save, mayWrite]);

  const show = (next: FlowDocument) => {
    latest.current = { ...latest.current, document: next };
    setDocument(next);
    setSaving("waiting");
  };
  return {
    document,
    change: (next) => {
      if (next === document) return;
      setPast([...past, document].slice(-UNDO_MAX));
      show(next);
    },
    undo: () => {
      const before = past.at(-1);
      if (before === undefined) return;
      setPast(past.slice(0, -1));
      show(before);
    },
    canUndo: past.length > 0,
    saving,
    error,
    kept,
    settle: save,
    forget: () => {
      latest.current = { ...latest.current, saved: latest.current.document };
    },
    overwrite: () => {
      latest.current = { ...latest.current, tag: undefined };
      void save().catch(() => undefined);
    },
  };
}

/** Whatever a flow may lead to, with names; undefined until it was read. */
export function useWorld(tenant: string, document: FlowDocument): World | undefined {
  const { data: world } = useQuery({
    queryKey: keyOf(tenant, "flow-world"),
    queryFn: () => readWorld(tenant),
    meta: { nouns: ["auto_attendant", "call_queue", "resource_account", "shared_mailbox", "schedule", "group", "number"] },
  });
  const ids = world === undefined ? [] : peopleIn(document, world);
  const { data: people } = useQuery({
    queryKey: keyOf(tenant, "flow-people", ids),
    queryFn: () => namesOf(tenant, ids),
    enabled: world !== undefined,
    placeholderData: (before) => before,
    meta: { nouns: ["user"] },
  });
  if (world === undefined || people === undefined) return undefined;
  return { ...world, names: new Map([...world.names, ...people]) };
}

/** What shows an app is read again. */
export function outdateApp(tenant: string, app: App): void {
  outdate(tenant, new Set([app.type, "flow_test"]));
}

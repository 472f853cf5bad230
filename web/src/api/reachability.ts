/** Whether the server answers. Requests tell of it; while it is away this asks until it is back. */

const ASK_AGAIN_MILLIS = 2_000;

let isAway = false;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(away: boolean): void {
  if (isAway === away) return;
  isAway = away;
  for (const listener of listeners) listener();
}

async function ask(): Promise<void> {
  timer = undefined;
  try {
    const response = await fetch("/healthz", { cache: "no-store" });
    if (response.ok) {
      set(false);
      return;
    }
  } catch {
    // Nothing answers.
  }
  set(true);
  askLater();
}

function askLater(): void {
  timer ??= setTimeout(() => void ask(), ASK_AGAIN_MILLIS);
}

export const reachability = {
  isAway: (): boolean => isAway,
  answered: (): void => set(false),
  /** A request got no answer. */
  missed(): void {
    set(true);
    askLater();
  },
  /** Something ended that may have ended for other reasons. */
  doubted: (): void => void ask(),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** One call of the past, as this browser saw it. */
export type PastCall = {
  id: string;
  /** When it began, RFC 3339. */
  at: string;
  direction: "in" | "out";
  name: string;
  number: string;
  outcome: "answered" | "missed" | "failed";
  seconds: number;
};

const KEPT_MAX = 100;

/** The calls that a browser keeps for one phone, the newest first. */
export class History {
  readonly #key: string;

  constructor(
    phone: string,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
  ) {
    this.#key = `phone.history.${phone}`;
  }

  read(): PastCall[] {
    try {
      const kept: unknown = JSON.parse(this.storage.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isPastCall) : [];
    } catch {
      return [];
    }
  }

  /** Keeps one more; the oldest goes when there are too many. */
  add(call: PastCall): PastCall[] {
    const calls = [call, ...this.read().filter(({ id }) => id !== call.id)].slice(0, KEPT_MAX);
    try {
      this.storage.setItem(this.#key, JSON.stringify(calls));
    } catch {
      // A full store loses the history and nothing else.
    }
    return calls;
  }

  clear(): void {
    this.storage.removeItem(this.#key);
  }
}

function isPastCall(kept: unknown): kept is PastCall {
  return (
    typeof kept === "object" &&
    kept !== null &&
    "id" in kept &&
    "at" in kept &&
    typeof kept.at === "string" &&
    "number" in kept &&
    typeof kept.number === "string" &&
    "direction" in kept &&
    "outcome" in kept
  );
}

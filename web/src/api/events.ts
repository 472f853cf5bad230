import { type Noun, outdate, outdateAll, queryClient } from "./queries";
import { reachability } from "./reachability";

/** A stream that the server or a proxy ended is opened again after this time. */
const AGAIN_MILLIS = 5_000;
/** Changes that come within this time are read again together: 50 events in a second are four requests. */
const GATHER_MILLIS = 250;

/** Kinds of what is live: their events say only that something changed. */
const LIVE = ["call", "call_queue", "device"] as const;
const LOOK_MILLIS = 5_000;

/** Follows what happens in a tenant and has what is shown read again. Returns what ends that. */
export function follow(tenant: string): () => void {
  const changed = new Set<Noun>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;

  const tell = (noun: Noun) => {
    changed.add(noun);
    timer ??= setTimeout(() => {
      timer = undefined;
      outdate(tenant, new Set(changed));
      changed.clear();
    }, GATHER_MILLIS);
  };
  const open = () => {
    source = new EventSource(`/api/v1/tenants/${encodeURIComponent(tenant)}/events`);
    source.addEventListener("change", (event: MessageEvent<string>) => tell(nounOf(event.data)));
    for (const live of LIVE) source.addEventListener(live, () => tell(live));
    source.addEventListener("resync", outdateAll);
    source.addEventListener("error", () => {
      reachability.doubted();
      // A stream that is only interrupted comes back by itself. One that is refused does not, and who asks may matter.
      if (source.readyState !== EventSource.CLOSED) return;
      void queryClient.invalidateQueries({ queryKey: ["me"] });
      again = setTimeout(() => {
        outdateAll();
        open();
      }, AGAIN_MILLIS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    clearTimeout(again);
    source.close();
  };
}

/** Looks again at what is live, for who may not follow what happens. Returns what ends that. */
export function look(tenant: string): () => void {
  const timer = setInterval(() => outdate(tenant, new Set(LIVE)), LOOK_MILLIS);
  return () => clearInterval(timer);
}

/** What kind of object a change is about; empty if it can't be read. */
export function nounOf(data: string): Noun {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event === "object" && event !== null && "noun" in event && typeof event.noun === "string") {
      return event.noun;
    }
  } catch {
    // Not ours: nothing is outdated by it.
  }
  return "";
}

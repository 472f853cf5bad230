import { useSyncExternalStore } from "react";

const TICK_MILLIS = 1_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MILLIS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, once a second: one clock for all that count. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** Tells the time at once and then once a second. Returns what ends that. */
export function everySecond(tell: (now: number) => void): () => void {
  const again = () => tell(now);
  tell(Date.now());
  return subscribe(again);
}

/** Seconds that were counted by the server when something was read, and go on since. */
export function goneOn(seconds: number, readAt: number, now: number): number {
  return seconds + Math.max(0, Math.floor((now - readAt) / 1_000));
}

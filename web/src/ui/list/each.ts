import { useState } from "react";

/** As many requests are under way at once: the server has other work, too. */
const AT_ONCE = 4;

/** What could not be done with one of many. */
export type Failure<T> = { item: T; error: unknown };

/** How far something is that is done with each of many. */
export type Progress<T> = { done: number; total: number; failures: readonly Failure<T>[] };

/** Does something with each of many, some at once, whatever becomes of others. */
export async function doEach<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  onProgress: (progress: Progress<T>) => void = () => undefined,
): Promise<Progress<T>> {
  const failures: Failure<T>[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const item = items[next];
    if (item === undefined) return;
    next += 1;
    try {
      await act(item);
    } catch (error) {
      failures.push({ item, error });
    }
    done += 1;
    onProgress({ done, total: items.length, failures: [...failures] });
    return work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done, total: items.length, failures };
}

/** The same, for a page that shows how far it is. */
export function useEach<T>() {
  const [progress, setProgress] = useState<Progress<T>>();
  const [isRunning, setRunning] = useState(false);
  return {
    progress,
    isRunning,
    run: async (items: readonly T[], act: (item: T) => Promise<unknown>) => {
      setRunning(true);
      try {
        return await doEach(items, act, setProgress);
      } finally {
        setRunning(false);
      }
    },
  };
}

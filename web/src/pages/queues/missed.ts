/** How a call of a queue was missed, as far as these pages have words for it: the API may name more. */
const RESULTS = ["abandoned", "callback", "closed", "disconnected", "failed", "no_agents", "overflowed", "timed_out"] as const;

export function wordOf(result: string): (typeof RESULTS)[number] | undefined {
  return RESULTS.find((known) => known === result);
}

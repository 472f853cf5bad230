/** How seconds are counted, of what the API writes as `60/60`; nothing where it writes something else. */
export function stepsOf(increments: string): { first: number; next: number } | undefined {
  const [, first, next] = /^(\d+)\/(\d+)$/.exec(increments) ?? [];
  return next === undefined ? undefined : { first: Number(first), next: Number(next) };
}

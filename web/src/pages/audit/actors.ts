import type { AuditEvent } from "../../api/__generated__/schema";

export type Choice = { value: string; label: string };

/** Who can be looked for: those whose changes are shown, and the accounts there are, each once and by name. */
export function actorsOf(events: readonly Pick<AuditEvent, "actor" | "by">[], accounts: readonly string[]): Choice[] {
  // The API notes an account of the organization so.
  const found = new Map(accounts.map((email) => [`account:${email}`, email]));
  for (const { actor, by } of events) found.set(actor, by?.shown ?? actor);
  return [...found].map(([value, label]) => ({ value, label })).toSorted((one, other) => one.label.localeCompare(other.label));
}

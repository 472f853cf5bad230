/** What a budget can be about. */
export const SCOPES = ["everybody", "department", "person", "site", "account", "tag"] as const;

export type ScopeKind = (typeof SCOPES)[number];

/** Whose spending is meant: a kind, and which one of it. */
export type Scope = { kind: ScopeKind; which: string };

/** A scope as the API writes it, such as `person:ID`. A kind that nobody knows here is about everybody. */
export function scopeOf(text: string): Scope {
  const colon = text.indexOf(":");
  const kind = SCOPES.find((one) => one === (colon < 0 ? text : text.slice(0, colon)));
  return { kind: kind ?? "everybody", which: colon < 0 ? "" : text.slice(colon + 1) };
}

/** A scope as the API takes it. */
export function scopeText({ kind, which }: Scope): string {
  return kind === "everybody" ? kind : `${kind}:${which.trim()}`;
}

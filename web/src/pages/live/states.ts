/** What a call does, as far as these pages have words for it: the API may name more. */
const STATES = [
  "attendant",
  "callback",
  "ended",
  "held",
  "queue",
  "ringing",
  "talking",
  "test",
  "transferring",
  "voicemail",
] as const;

export function knownState(state: string): (typeof STATES)[number] | undefined {
  return STATES.find((known) => known === state);
}

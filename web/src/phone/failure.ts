/** Why a call did not come about, as the keys of its words. */
export type Failure =
  | "busy"
  | "declined"
  | "noAnswer"
  | "notFound"
  | "notAllowed"
  | "unreachable"
  | "noSound"
  | "noMicrophone"
  | "microphoneBusy"
  | "microphoneForbidden"
  | "away"
  | "overloaded"
  | "other";

/** What the status of a refusal means for who calls. RFC 3261 §21 */
export function failureOf(status: number | undefined, cause: string): Failure | undefined {
  if (cause === "User Denied Media Access") return "microphoneForbidden";
  if (cause === "Connection Error" || cause === "Request Timeout") return "away";
  if (status === undefined) return cause === "Canceled" || cause === "Terminated" ? undefined : "other";
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  return status < 300 ? undefined : "other";
}

const BY_STATUS: Partial<Record<number, Failure>> = {
  403: "notAllowed",
  404: "notFound",
  408: "noAnswer",
  410: "notFound",
  415: "noSound",
  480: "unreachable",
  484: "notFound",
  486: "busy",
  488: "noSound",
  500: "other",
  503: "overloaded",
  600: "busy",
  603: "declined",
  604: "notFound",
  606: "noSound",
};

/** What keeps the microphone from being opened. */
export function microphoneFailure(error: unknown): Failure {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "microphoneForbidden";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "noMicrophone";
  if (name === "NotReadableError" || name === "AbortError") return "microphoneBusy";
  return "noMicrophone";
}

/** The server's own words on a refusal, where its `Reason` header has some. RFC 3326 */
export function wordsOf(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : /text="([^"]*)"/.exec(reason)?.[1];
}

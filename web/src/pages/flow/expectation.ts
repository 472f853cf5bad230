import type { ExplainedEnd } from "../../api/__generated__/schema";

/** What a test would say of a call that ended so; empty where the end alone does not tell. */
export function expectationOf({ type, app, user, number, words }: ExplainedEnd): string {
  if (app?.type === "call_queue" && (type === "person" || type === "waiting")) return `queue:${app.name}`;
  switch (type) {
    case "person":
      return user == null ? "" : `user:${user}`;
    case "external":
      return number == null ? "" : `number:${number}`;
    case "hung_up":
      return "hang_up";
    case "refused":
      return "refused";
    case "message": {
      const mailbox = /shared mailbox (.+)$/.exec(words)?.[1];
      return mailbox === undefined ? "" : `mailbox:${mailbox}`;
    }
    default:
      return "";
  }
}

import type { App } from "../../api/__generated__/schema";

/** What answers, as one choice among attendants and queues. */
export function valueOf(app: App | null | undefined): string {
  return app ? `${app.type} ${app.id}` : "";
}

export function appOf(value: string): App | null {
  const [type, id] = value.split(" ");
  if (id === undefined || (type !== "auto_attendant" && type !== "call_queue")) return null;
  return { type, id };
}

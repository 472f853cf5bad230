import type { App, Target } from "../../api/__generated__/schema";
import type { FlowNode } from "./graph";

/** What an exit leads to that is drawn to a node; nothing for nodes that only belong to another. */
export function targetTo({ id, kind, app }: FlowNode, edited: App): Target | undefined {
  const value = id.slice(id.indexOf(":") + 1);
  switch (kind) {
    case "start":
      return edited;
    case "attendant":
    case "queue":
      return app.id === edited.id ? undefined : app;
    case "person":
      return { type: "user", id: value };
    case "voicemail":
      return { type: "voicemail", id: value };
    case "mailbox":
      return { type: "shared_mailbox", id: value };
    case "external":
      return { type: "external", number: value };
    case "hours":
    case "menu":
    case "announcement":
    case "search":
    case "operator":
    case "agents":
    case "callback":
    case "hang_up":
    case "missing":
      return undefined;
  }
}

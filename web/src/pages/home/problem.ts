import type { AppProblem } from "../../api/__generated__/schema";
import { paths } from "../../paths";

/** Where something that is wrong is put right: flows where they are drawn, mailboxes in their list. */
export function placeOf({ type, id }: Pick<AppProblem, "type" | "id">, tenant: string): { to: string; search: Partial<Record<string, string>> } {
  switch (type) {
    case "auto_attendant":
      return { to: paths.attendantFlow(tenant, id), search: {} };
    case "call_queue":
      return { to: paths.queueFlow(tenant, id), search: {} };
    case "shared_mailbox":
      return { to: paths.section(tenant, "shared-mailboxes"), search: { open: id } };
  }
}

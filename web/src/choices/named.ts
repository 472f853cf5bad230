import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { PAGE_MAX } from "../api/everything";
import { keyOf } from "../api/queries";

/** Something that can be chosen by its name. */
export type Named = { id: string; name: string };

/** Kinds of objects that there are few enough of to be chosen from a whole list. */
export type Kind = "audio_file" | "auto_attendant" | "call_queue" | "civic_address" | "dial_plan" | "group" | "plan" | "resource_account" | "schedule" | "shared_mailbox" | "site" | "translation_rule" | "trunk";

const whole = (tenant: string) => ({ params: { path: { tenant }, query: { limit: PAGE_MAX } } });

/** All objects of a kind by their names. */
export function namedQuery(tenant: string, kind: Kind) {
  return queryOptions({
    queryKey: keyOf(tenant, "choice", kind),
    queryFn: () => load(tenant, kind),
    meta: { nouns: [kind] },
  });
}

async function load(tenant: string, kind: Kind): Promise<Named[]> {
  switch (kind) {
    case "audio_file":
      return (await answer(api.GET("/api/v1/tenants/{tenant}/audio-files", whole(tenant)))).items;
    case "dial_plan":
      return (await answer(api.GET("/api/v1/tenants/{tenant}/dial-plans", whole(tenant)))).items;
    case "auto_attendant":
      return saved((await answer(api.GET("/api/v1/tenants/{tenant}/auto-attendants", whole(tenant)))).items);
    case "call_queue":
      return saved((await answer(api.GET("/api/v1/tenants/{tenant}/call-queues", whole(tenant)))).items);
    case "civic_address": {
      const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/civic-addresses", whole(tenant)));
      // Numbers are used only where somebody vouched for the address.
      return items.flatMap(({ id, name, validation_status }) => (validation_status === "validated" ? [{ id, name }] : []));
    }
    case "group":
      return (await answer(api.GET("/api/v1/tenants/{tenant}/groups", whole(tenant)))).items;
    case "plan":
      return (await answer(api.GET("/api/v1/license-plans"))).items;
    case "resource_account": {
      const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/resource-accounts", whole(tenant)));
      return items.map(({ id, display_name }) => ({ id, name: display_name }));
    }
    case "schedule":
      return saved((await answer(api.GET("/api/v1/tenants/{tenant}/schedules", whole(tenant)))).items);
    case "shared_mailbox":
      return saved((await answer(api.GET("/api/v1/tenants/{tenant}/shared-mailboxes", whole(tenant)))).items);
    case "site":
      return (await answer(api.GET("/api/v1/tenants/{tenant}/sites", whole(tenant)))).items;
    case "translation_rule":
      return (await answer(api.GET("/api/v1/tenants/{tenant}/translation-rules", whole(tenant)))).items;
    case "trunk":
      return (await answer(api.GET("/api/v1/tenants/{tenant}/trunks", whole(tenant)))).items;
  }
}

/** What the API lists has an id, which what is to be made does not have yet. */
function saved(items: { id?: string; name: string }[]): Named[] {
  return items.flatMap(({ id, name }) => (id === undefined ? [] : [{ id, name }]));
}

import { queryOptions } from "@tanstack/react-query";
import type { Me, MyTenant } from "../api/__generated__/schema";
import { answer, api } from "../api/client";
import { PAGE_MAX, everything } from "../api/everything";

/** As many organizations as a choice can show. */
const TENANTS_SHOWN_MAX = 1_000;

/** The organizations that somebody may open: their own, or those of the server or the reseller. */
export function tenantsQuery(me: Me) {
  return queryOptions({
    queryKey: ["tenants", me.id],
    queryFn: async (): Promise<MyTenant[]> => {
      if (me.tenant) return [me.tenant];
      if (!me.permissions.includes("tenants.read")) return [];
      const load = (cursor: string | undefined) =>
        answer(api.GET("/api/v1/tenants", { params: { query: { limit: PAGE_MAX, cursor } } }));
      const tenants = await everything(load, TENANTS_SHOWN_MAX);
      return tenants.map(({ id, slug, name }) => ({ id, slug, name }));
    },
  });
}

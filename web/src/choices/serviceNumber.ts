import type { App } from "../api/__generated__/schema";
import { answer, api } from "../api/client";

/** Lets a service number lead to an attendant or a queue, by a resource account of its name. */
export async function lead(tenant: string, number: string, app: App, name: string): Promise<void> {
  const body = { display_name: name, app };
  const account = await answer(api.POST("/api/v1/tenants/{tenant}/resource-accounts", { params: { path: { tenant } }, body }));
  await answer(
    api.POST("/api/v1/tenants/{tenant}/numbers/{number}/assign", {
      params: { path: { tenant, number } },
      body: { type: "resource_account", id: account.id },
    }),
  );
}

import type { Order } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";

/** What is imported from CSV. */
export type Imported = "users" | "numbers";

/** Sends a CSV text; a dry run tells what would become of each line. */
export function importCsv(tenant: string, noun: Imported, csv: string, isDryRun: boolean): Promise<Order> {
  const options = {
    params: {
      path: { tenant },
      query: { dry_run: isDryRun },
    },
    body: csv,
    bodySerializer: (text: string) => text,
    headers: { "Content-Type": "text/csv" },
  };
  return noun === "users"
    ? answer(api.POST("/api/v1/tenants/{tenant}/users/import", options))
    : answer(api.POST("/api/v1/tenants/{tenant}/numbers/import", options));
}

import { answer, api } from "../api/client";
import { hasStatus } from "../api/problem";

/** What is usual in an organization: what a new attendant or queue begins with. */
export type Habits = { language: string; time_zone: string };

/** The organization's own; the browser's for who may not read them. */
export async function habitsOf(tenant: string): Promise<Habits> {
  try {
    const { language, time_zone } = await answer(api.GET("/api/v1/tenants/{tenant}", { params: { path: { tenant } } }));
    return { language, time_zone };
  } catch (error) {
    if (!hasStatus(error, 403) && !hasStatus(error, 404)) throw error;
    const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    return { language: locale, time_zone: timeZone };
  }
}

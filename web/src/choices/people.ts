import { answer, api } from "../api/client";

/** Somebody who was chosen, with what they are called. */
export type Chosen = { id: string; label: string };

export function labelOf(name: string, extension: string): string {
  return `${name} (${extension})`;
}

/** What people are called whose ids are known; the id itself of who is not there any more. */
export function peopleOf(tenant: string, ids: readonly string[]): Promise<Chosen[]> {
  return Promise.all(
    ids.map(async (id) => {
      try {
        const params = { path: { tenant, user: id } };
        const { display_name, extension } = await answer(api.GET("/api/v1/tenants/{tenant}/users/{user}", { params }));
        return { id, label: labelOf(display_name, extension) };
      } catch {
        return { id, label: id };
      }
    }),
  );
}

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../api/client";

/** Whose phone the browser is: the own person's if nothing is said, and in the demo anybody's. */
export type Holder = { tenant?: string; user?: string };

export const ownPhoneQuery = queryOptions({
  queryKey: ["me", "phone"],
  queryFn: () => answer(api.GET("/api/v1/me/phone")),
});

/** People to call, by name or extension. */
export function peopleQuery(holder: Holder, search: string) {
  return queryOptions({
    queryKey: ["me", "phone", "people", holder, search],
    queryFn: async () => (await answer(api.GET("/api/v1/me/phone/people", { params: { query: { ...holder, search } } }))).items,
  });
}

/** The queues whose calls come to the phone. */
export function queuesQuery(holder: Holder) {
  return queryOptions({
    queryKey: ["me", "phone", "queues", holder],
    queryFn: async () => (await answer(api.GET("/api/v1/me/phone/queues", { params: { query: holder } }))).items,
  });
}

/** What the browser registers with. An organization without a person is somebody outside. */
export function credentials(tenant: string | undefined, user: string | undefined) {
  const body = { tenant, user, outside: tenant !== undefined && user === undefined };
  return answer(api.POST("/api/v1/me/phone/credentials", { body }));
}

export function takeCallsOf(holder: Holder, queue: string, takes: boolean): Promise<unknown> {
  const params = { path: { queue }, query: holder };
  return takes
    ? answer(api.POST("/api/v1/me/phone/queues/{queue}/opt-in", { params }))
    : answer(api.POST("/api/v1/me/phone/queues/{queue}/opt-out", { params }));
}

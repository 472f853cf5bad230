import { queryOptions } from "@tanstack/react-query";

/** Where the browser begins to sign in over the provider of an organization, or of the server. */
export function openidLink(tenant: string): string {
  return `/api/v1/sign-in/openid${tenant === "" ? "" : `?tenant=${encodeURIComponent(tenant)}`}`;
}

/** Whether there is a provider: the server would send the browser there. */
export function openidQuery(tenant: string) {
  return queryOptions({
    queryKey: ["openid", tenant],
    queryFn: async () => {
      const response = await fetch(openidLink(tenant), { redirect: "manual" });
      return response.type === "opaqueredirect";
    },
    retry: false,
  });
}

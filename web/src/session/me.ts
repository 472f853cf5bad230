import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import type { Me } from "../api/__generated__/schema";
import { answer, api, rememberCsrfToken } from "../api/client";
import { paths } from "../paths";

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const me = await answer(api.GET("/api/v1/me"));
    rememberCsrfToken(me.csrf_token);
    return me;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is signed in, where somebody is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether somebody may do something, such as `numbers.write`. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

/** Whether who is signed in runs the server, and does not belong to one organization or reseller. */
export function useRunsServer(): boolean {
  const { tenant, reseller } = useMe();
  return tenant == null && reseller == null;
}

/** Whether who is signed in runs the server, or sells to organizations. */
export function useSells(): boolean {
  const { tenant } = useMe();
  return tenant == null;
}

/** Ends the session. The page is loaded anew, so that nothing that was read for one person is shown to the next. */
export async function signOut(): Promise<void> {
  await answer(api.POST("/api/v1/sign-out"));
  window.location.replace(paths.signIn);
}

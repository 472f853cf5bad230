import { MutationCache, QueryCache, QueryClient, type QueryKey } from "@tanstack/react-query";
import { Away, Refusal, hasStatus } from "./problem";

/** Kinds of objects as events name them, and the three kinds of what is live. */
export type Noun = string;

/** How long something is shown without being read again, where no event tells that it changed. */
const FRESH_MILLIS = 30_000;
/** The server reads the settings of a new organization for a moment, and says so. */
const RETRIES_MAX = 5;
const RETRY_MILLIS = 1_000;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => askWho(error, queryKey[0] === "me") }),
  mutationCache: new MutationCache({ onError: (error) => askWho(error, false) }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MILLIS,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < RETRIES_MAX && mayPass(error),
      retryDelay: RETRY_MILLIS,
    },
  },
});

/** Whether asking again may help. A refusal stays one, and of a server that is away somebody else asks whether it is back. */
export function mayPass(error: unknown): boolean {
  if (error instanceof Refusal) return error.status === 503;
  return !(error instanceof Away);
}

/** Reads again all that is shown, but for what somebody is typing over. */
export function outdateAll(): void {
  void queryClient.invalidateQueries({ predicate: ({ meta }) => meta?.["isForm"] !== true });
}

/** Reads again whatever shows one of these kinds of objects in a tenant. */
export function outdate(tenant: string, nouns: ReadonlySet<Noun>): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey, meta }) => {
      const shown = meta?.["nouns"];
      return queryKey[0] === tenant && Array.isArray(shown) && shown.some((noun: Noun) => nouns.has(noun));
    },
  });
}

/** Where a session ended, who is signed in is asked again: the answer brings up signing in. */
function askWho(error: unknown, isAsking: boolean): void {
  if (hasStatus(error, 401) && !isAsking) void queryClient.invalidateQueries({ queryKey: ["me"] });
}

/** The key of a query about one tenant. */
export function keyOf(tenant: string, ...rest: QueryKey): QueryKey {
  return [tenant, ...rest];
}

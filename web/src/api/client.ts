import createClient from "openapi-fetch";
import type { paths } from "./__generated__/schema";
import { Away, Refusal, Strange, isProblem } from "./problem";
import { reachability } from "./reachability";

/** What the server wants to hear with whatever changes something. It lives as long as the page. */
let csrfToken: string | undefined;

export function rememberCsrfToken(token: string | null | undefined): void {
  csrfToken = token ?? undefined;
}

export const api = createClient<paths>({ baseUrl: "", fetch: watchedFetch });

api.use({
  onRequest({ request }) {
    if (request.method !== "GET" && csrfToken !== undefined) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
});

/** A value with the tag that a change of it names. */
export type Tagged<T> = { value: T; tag: string | undefined };

type Answered<T> = { data?: T; error?: unknown; response: Response };

/** What the server answered; a refusal is thrown. */
export async function answer<T>(call: Promise<Answered<T>>): Promise<T> {
  return (await answerWithTag(call)).value;
}

/** The same, with the tag that a change has to name. */
export async function answerWithTag<T>(call: Promise<Answered<T>>): Promise<Tagged<T>> {
  const { data, error, response } = await call;
  if (!response.ok) {
    if (isProblem(error)) throw new Refusal(error, response.status);
    throw new Strange(response.status);
  }
  // What has no content is typed so, too: this is the one place where the compiler is told.
  return { value: data as T, tag: response.headers.get("ETag") ?? undefined };
}

/** The header that refuses a change if the object was changed since it was read. */
export function ifMatch(tag: string | undefined): { "If-Match"?: string } {
  return tag === undefined ? {} : { "If-Match": tag };
}

async function watchedFetch(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    reachability.answered();
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    reachability.missed();
    throw new Away("the server does not answer");
  }
}

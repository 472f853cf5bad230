import { queryOptions } from "@tanstack/react-query";
import { answer, answerWithTag, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf } from "../../api/queries";

/** Kinds of objects whose changes credits show. */
export const NOUNS = ["wallet"] as const;

/** What an organization has, and how it pays. */
export function creditsQuery(tenant: string) {
  return queryOptions({ queryKey: keyOf(tenant, "credits"), queryFn: async () => (await readCredits(tenant)).value, meta: { nouns: NOUNS } });
}

export function readCredits(tenant: string) {
  return answerWithTag(api.GET("/api/v1/tenants/{tenant}/credits", { params: { path: { tenant } } }));
}

/** All credit that came in, in the order in which it is used. */
export function lotsQuery(tenant: string) {
  return queryOptions({
    queryKey: keyOf(tenant, "credits", "lots"),
    queryFn: () =>
      everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/credits/lots", { params: { path: { tenant }, query: { cursor, limit: 1000 } } }))),
    meta: { nouns: NOUNS },
  });
}

/** A key by which money is moved once, however often it is sent. Not every address of a server lets a browser make ids. */
export function onceKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

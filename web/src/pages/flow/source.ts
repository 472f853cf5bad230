import type { App, AppVersion, FieldError } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { everything } from "../../api/everything";
import { hasStatus } from "../../api/problem";
import { peopleOf } from "../../choices/people";
import { namedQuery } from "../../choices/named";
import { queryClient } from "../../api/queries";
import type { FlowDocument, World } from "./document";

/** What is edited, as it is kept: a draft, or what is published if there is none. */
export type Kept = Tagged<FlowDocument> & { isDraft: boolean; problems: readonly FieldError[]; differences: readonly string[] };

const ATTENDANT = "/api/v1/tenants/{tenant}/auto-attendants/{attendant}";
const QUEUE = "/api/v1/tenants/{tenant}/call-queues/{queue}";

const attendantOf = (tenant: string, { id }: App) => ({ path: { tenant, attendant: id } });
const queueOf = (tenant: string, { id }: App) => ({ path: { tenant, queue: id } });

/** What is published. */
export async function readPublished(tenant: string, app: App): Promise<FlowDocument> {
  if (app.type === "auto_attendant") {
    return { type: app.type, settings: await answer(api.GET(ATTENDANT, { params: attendantOf(tenant, app) })) };
  }
  return { type: app.type, settings: await answer(api.GET(QUEUE, { params: queueOf(tenant, app) })) };
}

/** The draft, or what is published if there is none. */
export async function readKept(tenant: string, app: App): Promise<Kept> {
  try {
    return await readDraft(tenant, app);
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    return { value: await readPublished(tenant, app), tag: undefined, isDraft: false, problems: [], differences: [] };
  }
}

async function readDraft(tenant: string, app: App): Promise<Kept> {
  if (app.type === "auto_attendant") {
    const { value, tag } = await answerWithTag(api.GET(`${ATTENDANT}/draft`, { params: attendantOf(tenant, app) }));
    return keptOf({ type: app.type, settings: value.settings }, tag, value);
  }
  const { value, tag } = await answerWithTag(api.GET(`${QUEUE}/draft`, { params: queueOf(tenant, app) }));
  return keptOf({ type: app.type, settings: value.settings }, tag, value);
}

/** Keeps a draft. Calls don't meet it. */
export async function saveDraft(tenant: string, document: FlowDocument, tag: string | undefined): Promise<Kept> {
  const header = ifMatch(tag);
  const app: App = { type: document.type, id: document.settings.id ?? "" };
  if (document.type === "auto_attendant") {
    const params = { ...attendantOf(tenant, app), header };
    const saved = await answerWithTag(api.PUT(`${ATTENDANT}/draft`, { params, body: document.settings }));
    return keptOf({ type: document.type, settings: saved.value.settings }, saved.tag, saved.value);
  }
  const params = { ...queueOf(tenant, app), header };
  const saved = await answerWithTag(api.PUT(`${QUEUE}/draft`, { params, body: document.settings }));
  return keptOf({ type: document.type, settings: saved.value.settings }, saved.tag, saved.value);
}

type Told = { problems: readonly FieldError[]; differences: readonly string[] };

function keptOf(value: FlowDocument, tag: string | undefined, { problems, differences }: Told): Kept {
  return { value, tag, isDraft: true, problems, differences };
}

export function discardDraft(tenant: string, app: App): Promise<unknown> {
  return app.type === "auto_attendant"
    ? answer(api.DELETE(`${ATTENDANT}/draft`, { params: attendantOf(tenant, app) }))
    : answer(api.DELETE(`${QUEUE}/draft`, { params: queueOf(tenant, app) }));
}

/** Lets calls meet the draft; over tests that fail only with `force`. */
export function publishDraft(tenant: string, app: App, force: boolean): Promise<unknown> {
  const body = { force };
  return app.type === "auto_attendant"
    ? answer(api.POST(`${ATTENDANT}/draft/publish`, { params: attendantOf(tenant, app), body }))
    : answer(api.POST(`${QUEUE}/draft/publish`, { params: queueOf(tenant, app), body }));
}

export function readVersions(tenant: string, app: App): Promise<AppVersion[]> {
  return everything((cursor) => {
    const query = { cursor };
    return app.type === "auto_attendant"
      ? answer(api.GET(`${ATTENDANT}/versions`, { params: { ...attendantOf(tenant, app), query } }))
      : answer(api.GET(`${QUEUE}/versions`, { params: { ...queueOf(tenant, app), query } }));
  });
}

/** What was published at some time. */
export async function readVersion(tenant: string, app: App, version: number): Promise<FlowDocument["settings"]> {
  if (app.type === "auto_attendant") {
    return (await answer(api.GET(`${ATTENDANT}/versions/{version}`, { params: { path: { tenant, attendant: app.id, version } } }))).settings;
  }
  return (await answer(api.GET(`${QUEUE}/versions/{version}`, { params: { path: { tenant, queue: app.id, version } } }))).settings;
}

export function revertTo(tenant: string, app: App, version: number): Promise<unknown> {
  return app.type === "auto_attendant"
    ? answer(api.POST(`${ATTENDANT}/versions/{version}/revert`, { params: { path: { tenant, attendant: app.id, version } } }))
    : answer(api.POST(`${QUEUE}/versions/{version}/revert`, { params: { path: { tenant, queue: app.id, version } } }));
}

/** All that flows can lead to, but for people, whose names are read as they are needed. */
export async function readWorld(tenant: string): Promise<Omit<World, "names"> & { names: Map<string, string> }> {
  const whole = { params: { path: { tenant } } };
  const [attendants, queues, accounts, mailboxes, schedules, groups] = await Promise.all([
    everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/auto-attendants", { params: { ...whole.params, query: { cursor } } }))),
    everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/call-queues", { params: { ...whole.params, query: { cursor } } }))),
    everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/resource-accounts", { params: { ...whole.params, query: { cursor } } }))),
    ...(["shared_mailbox", "schedule", "group"] as const).map((kind) => queryClient.fetchQuery(namedQuery(tenant, kind)).catch(() => [])),
  ]);
  const names = new Map<string, string>();
  for (const { id = "", name } of [...attendants, ...queues, ...(mailboxes ?? []), ...(schedules ?? []), ...(groups ?? [])]) names.set(id, name);
  for (const { id, display_name } of accounts) names.set(id, display_name);
  return { attendants, queues, accounts, names };
}

/** As many agents of a queue are named. */
const AGENTS_NAMED = 4;

/** Ids of people whose names a flow shows. */
export function peopleIn(document: FlowDocument, { attendants, queues }: Pick<World, "attendants" | "queues">): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === "object" && value !== null) {
      const { type, id } = value as { type?: unknown; id?: unknown };
      if ((type === "user" || type === "voicemail") && typeof id === "string") found.add(id);
      Object.values(value).forEach(look);
    }
  };
  look([document.settings, attendants, queues]);
  const shown = document.type === "call_queue" ? [document.settings, ...queues] : queues;
  for (const { agents = [] } of shown) for (const agent of agents.slice(0, AGENTS_NAMED)) found.add(agent);
  return [...found].toSorted();
}

/** Their names; nothing for who is gone. */
export async function namesOf(tenant: string, ids: readonly string[]): Promise<Map<string, string>> {
  const people = await peopleOf(tenant, ids);
  return new Map(people.flatMap(({ id, label }) => (label === id ? [] : [[id, label] as const])));
}

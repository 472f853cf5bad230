import type { Credentials, NewTrunk, Srtp, Transport, Trunk, TrunkChange } from "../../api/__generated__/schema";
import { orNull } from "../../ui/noun/text";
import { changed, sent } from "../policies/settings";

export const TRANSPORTS = ["udp", "tcp", "tls"] as const satisfies readonly Transport[];
export const SRTPS = ["off", "preferred", "required"] as const satisfies readonly Srtp[];
export const CODECS = ["PCMU", "PCMA", "G722", "opus"] as const;
/** What becomes of the credentials that a trunk has, which nobody is shown. */
export const CREDENTIALS = ["keep", "replace", "remove"] as const;

/** A trunk, as it is typed. */
export type TrunkDraft = {
  name: string;
  description: string;
  host: string;
  port: number | "";
  transport: Transport;
  srtp: Srtp;
  codecs: string[];
  sources: string[];
  country: string;
  calls_max: number | "";
  no_answer_seconds: number | "";
  priority: number | "";
  enabled: boolean;
  credentials: (typeof CREDENTIALS)[number];
  user: string;
  password: string;
  realm: string;
  settings: Record<string, unknown>;
};

export function draftOf(trunk: Trunk | undefined): TrunkDraft {
  return {
    name: trunk?.name ?? "",
    description: trunk?.description ?? "",
    host: trunk?.host ?? "",
    port: trunk?.port ?? "",
    transport: trunk?.transport ?? "udp",
    srtp: trunk?.srtp ?? "off",
    codecs: trunk?.codecs ?? [],
    sources: trunk?.sources ?? [],
    country: trunk?.country ?? "",
    calls_max: trunk?.calls_max ?? "",
    no_answer_seconds: trunk?.no_answer_seconds ?? "",
    priority: trunk?.priority ?? "",
    enabled: trunk?.enabled ?? true,
    credentials: trunk === undefined ? "replace" : "keep",
    user: "",
    password: "",
    realm: "",
    settings: trunk?.settings ?? {},
  };
}

/** What a new trunk is made of. What is empty is left to the API. */
export function newOf(draft: TrunkDraft): NewTrunk {
  const { name, host, transport, srtp, sources, enabled, codecs, settings } = draft;
  return {
    ...{ name, host, transport, srtp, sources, enabled },
    description: orNull(draft.description),
    country: countryOf(draft),
    port: orNothing(draft.port),
    calls_max: orNothing(draft.calls_max),
    ...(codecs.length === 0 ? {} : { codecs }),
    ...(draft.no_answer_seconds === "" ? {} : { no_answer_seconds: draft.no_answer_seconds }),
    ...(draft.priority === "" ? {} : { priority: draft.priority }),
    ...(draft.user.trim() === "" ? {} : { credentials: credentialsOf(draft) }),
    settings: sent(settings),
  };
}

/** What is to change of a trunk. Its place among the others moves them, so it is sent only when it was changed. */
export function changeOf(before: Trunk, draft: TrunkDraft): TrunkChange {
  const { name, host, transport, srtp, sources, enabled, codecs, credentials, no_answer_seconds, priority } = draft;
  return {
    ...{ name, host, transport, srtp, sources, enabled, codecs },
    description: orNull(draft.description),
    country: countryOf(draft),
    port: orNothing(draft.port),
    calls_max: orNothing(draft.calls_max),
    ...(no_answer_seconds === "" ? {} : { no_answer_seconds }),
    ...(priority === "" || priority === before.priority ? {} : { priority }),
    ...(credentials === "keep" ? {} : { credentials: credentials === "remove" ? null : credentialsOf(draft) }),
    settings: sent(changed(before.settings, draft.settings)),
  };
}

function credentialsOf({ user, password, realm }: TrunkDraft): Credentials {
  return { user: user.trim(), password, realm: orNull(realm) };
}

function countryOf({ country }: TrunkDraft): string | null {
  return orNull(country.toUpperCase());
}

function orNothing(typed: number | ""): number | null {
  return typed === "" ? null : typed;
}

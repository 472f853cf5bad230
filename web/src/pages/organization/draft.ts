import type { LicenseEnforcement, MailWords, NumberMails, SupervisionSign, SupervisionTold, Tenant, TenantChange } from "../../api/__generated__/schema";
import { orNull } from "../../ui/noun/text";

export const ENFORCEMENTS = ["off", "warn", "block"] as const satisfies readonly LicenseEnforcement[];
export const TOLD = ["nobody", "agent", "both"] as const satisfies readonly SupervisionTold[];
export const SIGNS = ["tone", "announcement"] as const satisfies readonly SupervisionSign[];
export const RESTS = ["none", "days", "forever"] as const;
const REST_DAYS = 30;

/** A mail of one's own, as it is typed. */
type Words = { subject: string; text: string };

/** An organization, as it is typed. */
export type OrganizationDraft = {
  name: string;
  country: string;
  language: string;
  time_zone: string;
  emergency_numbers: string[];
  fallback_operator: string;
  license_enforcement: LicenseEnforcement;
  rest: (typeof RESTS)[number];
  rest_days: number;
  told: SupervisionTold;
  sign: SupervisionSign;
  assigned: boolean;
  assigned_words: Words;
  unassigned: boolean;
  unassigned_words: Words;
};

export function draftOf(tenant: Tenant): OrganizationDraft {
  const { number_block: rest, number_mails: mails = {}, supervision_notice: notice } = tenant;
  return {
    name: tenant.name,
    country: tenant.country,
    language: tenant.language,
    time_zone: tenant.time_zone,
    emergency_numbers: tenant.emergency_numbers,
    fallback_operator: tenant.fallback_operator ?? "",
    license_enforcement: tenant.license_enforcement,
    rest: rest?.type ?? "none",
    rest_days: rest?.type === "days" ? rest.days : REST_DAYS,
    told: notice.told,
    sign: notice.sign ?? "tone",
    assigned: mails.assigned ?? false,
    assigned_words: wordsOf(mails.assigned_words),
    unassigned: mails.unassigned ?? false,
    unassigned_words: wordsOf(mails.unassigned_words),
  };
}

/** Only what was changed: not everybody may change everything, and what nobody touched stays what it is. */
export function changeOf(before: OrganizationDraft, now: OrganizationDraft): TenantChange {
  const isNew = (...fields: (keyof OrganizationDraft)[]) => fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(now[field]));
  return {
    ...(isNew("name") ? { name: now.name } : {}),
    ...(isNew("country") ? { country: now.country.trim().toUpperCase() } : {}),
    ...(isNew("language") ? { language: now.language } : {}),
    ...(isNew("time_zone") ? { time_zone: now.time_zone } : {}),
    ...(isNew("emergency_numbers") ? { emergency_numbers: now.emergency_numbers } : {}),
    ...(isNew("fallback_operator") ? { fallback_operator: orNull(now.fallback_operator) } : {}),
    ...(isNew("license_enforcement") ? { license_enforcement: now.license_enforcement } : {}),
    ...(isNew("rest", "rest_days") ? { number_block: restOf(now) } : {}),
    ...(isNew("told", "sign") ? { supervision_notice: { told: now.told, sign: now.sign } } : {}),
    ...(isNew("assigned", "assigned_words", "unassigned", "unassigned_words") ? { number_mails: mailsOf(now) } : {}),
  };
}

function restOf({ rest, rest_days: days }: OrganizationDraft): NonNullable<TenantChange["number_block"]> | null {
  if (rest === "none") return null;
  return rest === "days" ? { type: rest, days } : { type: rest };
}

/** What people are told of their numbers is replaced whole. */
function mailsOf(draft: OrganizationDraft): NumberMails {
  const words = (typed: Words): MailWords | null => (orNull(typed.subject) === null && orNull(typed.text) === null ? null : typed);
  return {
    assigned: draft.assigned,
    assigned_words: words(draft.assigned_words),
    unassigned: draft.unassigned,
    unassigned_words: words(draft.unassigned_words),
  };
}

function wordsOf(words: MailWords | null | undefined): Words {
  return { subject: words?.subject ?? "", text: words?.text ?? "" };
}

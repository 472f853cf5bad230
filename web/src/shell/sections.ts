import type { Section } from "../paths";
import type { IconName } from "../ui/Icon";

/** A page in the navigation, for whoever may read what is on it. */
export type Entry = { section: Section; permission: string };

/** Pages that belong together; a group of one is shown by itself. */
export type Group = { name: GroupName; icon: IconName; entries: readonly Entry[] };

export type GroupName =
  | "home"
  | "people"
  | "numbers"
  | "callFlows"
  | "live"
  | "connectivity"
  | "devices"
  | "money"
  | "reports"
  | "policies"
  | "system";

export const GROUPS: readonly Group[] = [
  { name: "home", icon: "home", entries: [{ section: "home", permission: "setup.read" }] },
  {
    name: "people",
    icon: "group",
    entries: [
      { section: "people", permission: "users.read" },
      { section: "groups", permission: "groups.read" },
      { section: "departments", permission: "users.read" },
      { section: "sites", permission: "sites.read" },
      { section: "licenses", permission: "licenses.read" },
    ],
  },
  {
    name: "numbers",
    icon: "hash",
    entries: [
      { section: "numbers", permission: "numbers.read" },
      { section: "orders", permission: "orders.read" },
      { section: "port-orders", permission: "ports.read" },
      { section: "number-requests", permission: "number_orders.read" },
      { section: "port-outs", permission: "ports.read" },
      { section: "number-quotas", permission: "number_quotas.read" },
      { section: "unassigned-numbers", permission: "routing.read" },
      { section: "emergency", permission: "sites.read" },
      { section: "civic-addresses", permission: "sites.read" },
    ],
  },
  {
    name: "callFlows",
    icon: "flow",
    entries: [
      { section: "attendants", permission: "auto_attendants.read" },
      { section: "queues", permission: "call_queues.read" },
      { section: "app-templates", permission: "auto_attendants.read" },
      { section: "schedules", permission: "schedules.read" },
      { section: "audio-files", permission: "audio_files.read" },
      { section: "shared-mailboxes", permission: "voicemail.read" },
      { section: "voicemail", permission: "voicemail.read" },
      { section: "mails", permission: "voicemail.read" },
      { section: "resource-accounts", permission: "resource_accounts.read" },
      { section: "explain", permission: "auto_attendants.act" },
    ],
  },
  {
    name: "live",
    icon: "pulse",
    entries: [
      { section: "live", permission: "calls.read" },
      { section: "wallboard", permission: "call_records.read" },
    ],
  },
  {
    name: "connectivity",
    icon: "plug",
    entries: [
      { section: "trunks", permission: "trunks.read" },
      { section: "voice-routes", permission: "routing.read" },
      { section: "pstn-usages", permission: "routing.read" },
      { section: "dial-plans", permission: "routing.read" },
      { section: "call-blocks", permission: "routing.read" },
      { section: "translation-rules", permission: "routing.read" },
      { section: "operators", permission: "operators.read" },
    ],
  },
  { name: "devices", icon: "phone", entries: [{ section: "devices", permission: "devices.read" }] },
  {
    name: "money",
    icon: "coins",
    entries: [
      { section: "credits", permission: "credits.read" },
      { section: "payments", permission: "credits.read" },
      { section: "invoices", permission: "credits.read" },
      { section: "spend", permission: "credits.read" },
      { section: "budgets", permission: "credits.read" },
      { section: "fraud-rules", permission: "credits.read" },
      { section: "price", permission: "credits.read" },
    ],
  },
  {
    name: "reports",
    icon: "chart",
    entries: [
      { section: "reports", permission: "call_records.read" },
      { section: "call-records", permission: "call_records.read" },
      { section: "recordings", permission: "call_recordings.read" },
    ],
  },
  { name: "policies", icon: "card", entries: [{ section: "policies", permission: "policies.read" }] },
  {
    name: "system",
    icon: "key",
    entries: [
      { section: "organization", permission: "tenants.read" },
      { section: "accounts", permission: "accounts.read" },
      { section: "roles", permission: "roles.read" },
      { section: "sign-in", permission: "accounts.read" },
      { section: "audit", permission: "audit.read" },
      { section: "api-keys", permission: "api_keys.read" },
      { section: "webhooks", permission: "webhooks.read" },
    ],
  },
];

/** The groups and pages that somebody may see. */
export function shown(may: (permission: string) => boolean): Group[] {
  const groups = GROUPS.map((group) => ({ ...group, entries: group.entries.filter(({ permission }) => may(permission)) }));
  return groups.filter(({ entries }) => entries.length > 0);
}

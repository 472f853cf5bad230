/** Every path of the pages. Nothing else writes one. */

/** The pages of an organization, in the order in which they stand beside each other. */
export const SECTIONS = [
  "home",
  "people",
  "groups",
  "departments",
  "licenses",
  "sites",
  "numbers",
  "orders",
  "port-orders",
  "number-requests",
  "port-outs",
  "number-quotas",
  "unassigned-numbers",
  "emergency",
  "civic-addresses",
  "attendants",
  "queues",
  "app-templates",
  "schedules",
  "audio-files",
  "shared-mailboxes",
  "voicemail",
  "mails",
  "resource-accounts",
  "explain",
  "live",
  "wallboard",
  "trunks",
  "voice-routes",
  "pstn-usages",
  "dial-plans",
  "call-blocks",
  "translation-rules",
  "operators",
  "devices",
  "credits",
  "payments",
  "invoices",
  "spend",
  "budgets",
  "fraud-rules",
  "price",
  "reports",
  "call-records",
  "recordings",
  "policies",
  "organization",
  "accounts",
  "roles",
  "sign-in",
  "audit",
  "api-keys",
  "webhooks",
] as const;

export type Section = (typeof SECTIONS)[number];

/** The pages of who runs the server, or sells to organizations. */
export const PROVIDER_SECTIONS = ["license-plans", "rate-decks", "vouchers", "number-stock", "port-orders", "port-outs", "resellers", "penalties", "server"] as const;

export type ProviderSection = (typeof PROVIDER_SECTIONS)[number];

export const paths = {
  start: "/",
  signIn: "/sign-in",
  invitation: "/invitation",
  phone: "/phone",
  tenants: "/tenants",
  newTenant: "/tenants/new",
  provider: (section: ProviderSection) => `/provider/${section}`,
  section: (tenant: string, section: Section) => `/t/${encodeURIComponent(tenant)}/${section}`,
  newAttendant: (tenant: string) => `/t/${encodeURIComponent(tenant)}/attendants/new`,
  attendantFlow: (tenant: string, attendant: string) =>
    `/t/${encodeURIComponent(tenant)}/attendants/${encodeURIComponent(attendant)}/flow`,
  queueFlow: (tenant: string, queue: string) => `/t/${encodeURIComponent(tenant)}/queues/${encodeURIComponent(queue)}/flow`,
  account: "/account",
  /** All people or numbers as a file that can be imported: of the API, for the browser to keep. */
  exported: (tenant: string, noun: "users" | "numbers") => `/api/v1/tenants/${encodeURIComponent(tenant)}/${noun}/export`,
  /** Who is given which licenses, as a file: of the API, for the browser to keep. */
  licensesFile: (tenant: string) => `/api/v1/tenants/${encodeURIComponent(tenant)}/licenses/export`,
  /** A paper of an order for numbers that come from another carrier: of the API, for the browser to keep. */
  portDocument: (tenant: string, order: string, document: string) =>
    `/api/v1/tenants/${encodeURIComponent(tenant)}/port-orders/${encodeURIComponent(order)}/documents/${encodeURIComponent(document)}`,
  /** What the calls of the last thirty days cost, as a table: of the API, for the browser to keep. */
  chargesFile: (tenant: string) => `/api/v1/tenants/${encodeURIComponent(tenant)}/credits/charges/export`,
  /** A paper of an order of any organization, for who brings the numbers here: of the API, for the browser to keep. */
  queuedPortDocument: (order: string, document: string) => `/api/v1/port-orders/${encodeURIComponent(order)}/documents/${encodeURIComponent(document)}`,
  /** The sound of a message: of the API, for players of the browser. */
  message: (tenant: string, message: string) =>
    `/api/v1/tenants/${encodeURIComponent(tenant)}/voicemail/${encodeURIComponent(message)}/audio`,
  /** An invoice as a file: of the API, for the browser to keep. */
  invoice: (tenant: string, invoice: string, form: "pdf" | "ubl") =>
    `/api/v1/tenants/${encodeURIComponent(tenant)}/credits/invoices/${encodeURIComponent(invoice)}/${form}`,
  /** The sound of a recorded call: of the API, for players of the browser. */
  recording: (tenant: string, recording: string) =>
    `/api/v1/tenants/${encodeURIComponent(tenant)}/call-recordings/${encodeURIComponent(recording)}/audio`,
  newQueue: (tenant: string) => `/t/${encodeURIComponent(tenant)}/queues/new`,
} as const;

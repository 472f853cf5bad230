// Where each page is read from. It is read itself with the first page of the admin center: the phone and signing in need none of it.
import type { ComponentType } from "react";
import type { ProviderSection, Section } from "./paths";

type Read = () => Promise<ComponentType>;

/** The pages of an organization. */
export const PAGES: Record<Section, Read> = {
  home: () => import("./pages/home/Home").then(({ Home }) => Home),
  people: () => import("./pages/people/People").then(({ People }) => People),
  groups: () => import("./pages/groups/Groups").then(({ Groups }) => Groups),
  departments: () => import("./pages/departments/Departments").then(({ Departments }) => Departments),
  licenses: () => import("./pages/licenses/Licenses").then(({ Licenses }) => Licenses),
  sites: () => import("./pages/sites/Sites").then(({ Sites }) => Sites),
  numbers: () => import("./pages/numbers/Numbers").then(({ Numbers }) => Numbers),
  orders: () => import("./pages/orders/Orders").then(({ Orders }) => Orders),
  "port-orders": () => import("./pages/port-orders/PortOrders").then(({ PortOrders }) => PortOrders),
  "number-requests": () => import("./pages/number-requests/NumberRequests").then(({ NumberRequests }) => NumberRequests),
  "port-outs": () => import("./pages/port-outs/PortOuts").then(({ PortOuts }) => PortOuts),
  "number-quotas": () => import("./pages/number-quotas/NumberQuotas").then(({ NumberQuotas }) => NumberQuotas),
  "unassigned-numbers": () => import("./pages/unassigned-numbers/UnassignedNumbers").then(({ UnassignedNumbers }) => UnassignedNumbers),
  emergency: () => import("./pages/emergency/Emergency").then(({ Emergency }) => Emergency),
  "civic-addresses": () => import("./pages/civic-addresses/CivicAddresses").then(({ CivicAddresses }) => CivicAddresses),
  attendants: () => import("./pages/attendants/Attendants").then(({ Attendants }) => Attendants),
  queues: () => import("./pages/queues/Queues").then(({ Queues }) => Queues),
  "app-templates": () => import("./pages/app-templates/AppTemplates").then(({ AppTemplates }) => AppTemplates),
  schedules: () => import("./pages/schedules/Schedules").then(({ Schedules }) => Schedules),
  "audio-files": () => import("./pages/audio-files/AudioFiles").then(({ AudioFiles }) => AudioFiles),
  "shared-mailboxes": () => import("./pages/shared-mailboxes/SharedMailboxes").then(({ SharedMailboxes }) => SharedMailboxes),
  voicemail: () => import("./pages/voicemail/Voicemail").then(({ Voicemail }) => Voicemail),
  mails: () => import("./pages/mails/Mails").then(({ Mails }) => Mails),
  "resource-accounts": () => import("./pages/resource-accounts/ResourceAccounts").then(({ ResourceAccounts }) => ResourceAccounts),
  explain: () => import("./pages/explain/ExplainPage").then(({ ExplainPage }) => ExplainPage),
  live: () => import("./pages/live/Live").then(({ Live }) => Live),
  wallboard: () => import("./pages/live/Wallboard").then(({ Wallboard }) => Wallboard),
  trunks: () => import("./pages/trunks/Trunks").then(({ Trunks }) => Trunks),
  "voice-routes": () => import("./pages/voice-routes/VoiceRoutes").then(({ VoiceRoutes }) => VoiceRoutes),
  "pstn-usages": () => import("./pages/pstn-usages/PstnUsages").then(({ PstnUsages }) => PstnUsages),
  "dial-plans": () => import("./pages/dial-plans/DialPlans").then(({ DialPlans }) => DialPlans),
  "call-blocks": () => import("./pages/call-blocks/CallBlocks").then(({ CallBlocks }) => CallBlocks),
  "translation-rules": () => import("./pages/translation-rules/TranslationRules").then(({ TranslationRules }) => TranslationRules),
  operators: () => import("./pages/operators/Operators").then(({ Operators }) => Operators),
  devices: () => import("./pages/devices/Devices").then(({ Devices }) => Devices),
  credits: () => import("./pages/credits/Credits").then(({ Credits }) => Credits),
  payments: () => import("./pages/payments/Payments").then(({ Payments }) => Payments),
  invoices: () => import("./pages/invoices/Invoices").then(({ Invoices }) => Invoices),
  spend: () => import("./pages/spend/Spend").then(({ Spend }) => Spend),
  budgets: () => import("./pages/budgets/Budgets").then(({ Budgets }) => Budgets),
  "fraud-rules": () => import("./pages/fraud-rules/FraudRules").then(({ FraudRules }) => FraudRules),
  price: () => import("./pages/price/Price").then(({ Price }) => Price),
  reports: () => import("./pages/reports/Reports").then(({ Reports }) => Reports),
  "call-records": () => import("./pages/call-records/CallRecords").then(({ CallRecords }) => CallRecords),
  recordings: () => import("./pages/recordings/Recordings").then(({ Recordings }) => Recordings),
  policies: () => import("./pages/policies/Policies").then(({ Policies }) => Policies),
  organization: () => import("./pages/organization/Organization").then(({ Organization }) => Organization),
  accounts: () => import("./pages/accounts/Accounts").then(({ Accounts }) => Accounts),
  roles: () => import("./pages/roles/Roles").then(({ Roles }) => Roles),
  "sign-in": () => import("./pages/sign-in/SignInSettings").then(({ SignInSettings }) => SignInSettings),
  audit: () => import("./pages/audit/Audit").then(({ Audit }) => Audit),
  "api-keys": () => import("./pages/api-keys/ApiKeys").then(({ ApiKeys }) => ApiKeys),
  webhooks: () => import("./pages/webhooks/Webhooks").then(({ Webhooks }) => Webhooks),
};

/** Pages of an organization that stand below others. */
export const PAGES_BELOW = {
  "attendants/new": () => import("./pages/attendants/AttendantWizard").then(({ AttendantWizard }) => AttendantWizard),
  "attendants/$attendant/flow": () => import("./pages/flow/FlowPage").then(({ AttendantFlow }) => AttendantFlow),
  "queues/$queue/flow": () => import("./pages/flow/FlowPage").then(({ QueueFlow }) => QueueFlow),
  "queues/new": () => import("./pages/queues/QueueWizard").then(({ QueueWizard }) => QueueWizard),
} satisfies Record<string, Read>;

/** The pages of who runs the server, or sells to organizations. */
export const PROVIDER_PAGES: Record<ProviderSection, Read> = {
  "license-plans": () => import("./pages/license-plans/LicensePlans").then(({ LicensePlans }) => LicensePlans),
  "rate-decks": () => import("./pages/rate-decks/RateDecks").then(({ RateDecks }) => RateDecks),
  vouchers: () => import("./pages/vouchers/Vouchers").then(({ Vouchers }) => Vouchers),
  "number-stock": () => import("./pages/number-stock/NumberStock").then(({ NumberStock }) => NumberStock),
  "port-orders": () => import("./pages/port-orders/AllPortOrders").then(({ AllPortOrders }) => AllPortOrders),
  "port-outs": () => import("./pages/port-outs/AllPortOuts").then(({ AllPortOuts }) => AllPortOuts),
  resellers: () => import("./pages/resellers/Resellers").then(({ Resellers }) => Resellers),
  penalties: () => import("./pages/penalties/Penalties").then(({ Penalties }) => Penalties),
  server: () => import("./pages/server/ServerPage").then(({ ServerPage }) => ServerPage),
};

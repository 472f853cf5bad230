import {
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { hasStatus } from "./api/problem";
import { queryClient } from "./api/queries";
import { readAllMessages } from "./messages/start";
import { paths } from "./paths";
import { meQuery } from "./session/me";
import { tenantsQuery } from "./session/tenants";
import { NotFound, PageFailed } from "./shell/NotShown";

type Search = Partial<Record<string, string>>;

const root = createRootRoute({
  component: Outlet,
  errorComponent: PageFailed,
  notFoundComponent: NotFound,
  validateSearch: (search: Search): Search => search,
});

const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: lazyRouteComponent(() => import("./session/pages"), "SignInPage") });
const invitation = createRoute({ getParentRoute: () => root, path: "/invitation", component: lazyRouteComponent(() => import("./session/pages"), "InvitationPage") });

/** Whoever opens the first page goes on to their organization. */
const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ location }) => {
    const me = await signedIn(location.href);
    const [first, ...others] = await queryClient.ensureQueryData(tenantsQuery(me));
    if (first === undefined) return;
    throw redirect({ to: others.length === 0 ? paths.section(first.slug, "home") : paths.tenants, replace: true });
  },
  component: lazyRouteComponent(() => import("./shell/NoTenant"), "NoTenant"),
});

/** Around the pages of who runs the server, or sells to organizations. */
const provider = createRoute({
  getParentRoute: () => root,
  id: "provider",
  beforeLoad: ({ location }) => inAdminCenter(location.href),
  component: lazyRouteComponent(() => import("./shell/ProviderShell"), "ProviderShell"),
  errorComponent: PageFailed,
  notFoundComponent: NotFound,
});

const tenants = createRoute({
  getParentRoute: () => provider,
  path: "/tenants",
  component: lazyRouteComponent(() => import("./pages/tenants/Tenants"), "Tenants"),
});

const ofProvider = [
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/license-plans",
    component: lazyRouteComponent(() => import("./pages/license-plans/LicensePlans"), "LicensePlans"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/rate-decks",
    component: lazyRouteComponent(() => import("./pages/rate-decks/RateDecks"), "RateDecks"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/vouchers",
    component: lazyRouteComponent(() => import("./pages/vouchers/Vouchers"), "Vouchers"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/number-stock",
    component: lazyRouteComponent(() => import("./pages/number-stock/NumberStock"), "NumberStock"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/port-outs",
    component: lazyRouteComponent(() => import("./pages/port-outs/AllPortOuts"), "AllPortOuts"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/resellers",
    component: lazyRouteComponent(() => import("./pages/resellers/Resellers"), "Resellers"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/penalties",
    component: lazyRouteComponent(() => import("./pages/penalties/Penalties"), "Penalties"),
  }),
  createRoute({
    getParentRoute: () => provider,
    path: "/provider/server",
    component: lazyRouteComponent(() => import("./pages/server/ServerPage"), "ServerPage"),
  }),
];

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  beforeLoad: ({ location }) => inAdminCenter(location.href),
  component: lazyRouteComponent(() => import("./pages/account/Account"), "AccountPage"),
});

const phone = createRoute({
  getParentRoute: () => root,
  path: "/phone",
  beforeLoad: ({ location }) => signedIn(location.href).then(() => undefined),
  component: lazyRouteComponent(() => import("./phone/PhonePage"), "PhonePage"),
});

const newTenant = createRoute({
  getParentRoute: () => root,
  path: "/tenants/new",
  beforeLoad: ({ location }) => inAdminCenter(location.href),
  component: lazyRouteComponent(() => import("./pages/tenants/NewTenant"), "NewTenantPage"),
});

const tenant = createRoute({
  getParentRoute: () => root,
  path: "/t/$tenant",
  beforeLoad: ({ location }) => inAdminCenter(location.href),
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
  errorComponent: PageFailed,
  notFoundComponent: NotFound,
});

const below = () => tenant;
const pages = [
  createRoute({
    getParentRoute: below,
    path: "/",
    beforeLoad: ({ params }) => {
      throw redirect({ to: paths.section(params.tenant, "home"), replace: true });
    },
  }),
  createRoute({
    getParentRoute: below,
    path: "home",
    component: lazyRouteComponent(() => import("./pages/home/Home"), "Home"),
  }),
  createRoute({
    getParentRoute: below,
    path: "people",
    component: lazyRouteComponent(() => import("./pages/people/People"), "People"),
  }),
  createRoute({
    getParentRoute: below,
    path: "groups",
    component: lazyRouteComponent(() => import("./pages/groups/Groups"), "Groups"),
  }),
  createRoute({
    getParentRoute: below,
    path: "licenses",
    component: lazyRouteComponent(() => import("./pages/licenses/Licenses"), "Licenses"),
  }),
  createRoute({
    getParentRoute: below,
    path: "numbers",
    component: lazyRouteComponent(() => import("./pages/numbers/Numbers"), "Numbers"),
  }),
  createRoute({
    getParentRoute: below,
    path: "attendants",
    component: lazyRouteComponent(() => import("./pages/attendants/Attendants"), "Attendants"),
  }),
  createRoute({
    getParentRoute: below,
    path: "attendants/new",
    component: lazyRouteComponent(() => import("./pages/attendants/AttendantWizard"), "AttendantWizard"),
  }),
  createRoute({
    getParentRoute: below,
    path: "attendants/$attendant/flow",
    component: lazyRouteComponent(() => import("./pages/flow/FlowPage"), "AttendantFlow"),
  }),
  createRoute({
    getParentRoute: below,
    path: "queues/$queue/flow",
    component: lazyRouteComponent(() => import("./pages/flow/FlowPage"), "QueueFlow"),
  }),
  createRoute({
    getParentRoute: below,
    path: "queues",
    component: lazyRouteComponent(() => import("./pages/queues/Queues"), "Queues"),
  }),
  createRoute({
    getParentRoute: below,
    path: "queues/new",
    component: lazyRouteComponent(() => import("./pages/queues/QueueWizard"), "QueueWizard"),
  }),
  createRoute({
    getParentRoute: below,
    path: "resource-accounts",
    component: lazyRouteComponent(() => import("./pages/resource-accounts/ResourceAccounts"), "ResourceAccounts"),
  }),
  createRoute({
    getParentRoute: below,
    path: "schedules",
    component: lazyRouteComponent(() => import("./pages/schedules/Schedules"), "Schedules"),
  }),
  createRoute({
    getParentRoute: below,
    path: "live",
    component: lazyRouteComponent(() => import("./pages/live/Live"), "Live"),
  }),
  createRoute({
    getParentRoute: below,
    path: "wallboard",
    component: lazyRouteComponent(() => import("./pages/live/Wallboard"), "Wallboard"),
  }),
  createRoute({
    getParentRoute: below,
    path: "reports",
    component: lazyRouteComponent(() => import("./pages/reports/Reports"), "Reports"),
  }),
  createRoute({
    getParentRoute: below,
    path: "trunks",
    component: lazyRouteComponent(() => import("./pages/trunks/Trunks"), "Trunks"),
  }),
  createRoute({
    getParentRoute: below,
    path: "devices",
    component: lazyRouteComponent(() => import("./pages/devices/Devices"), "Devices"),
  }),
  createRoute({
    getParentRoute: below,
    path: "call-records",
    component: lazyRouteComponent(() => import("./pages/call-records/CallRecords"), "CallRecords"),
  }),
  createRoute({
    getParentRoute: below,
    path: "audit",
    component: lazyRouteComponent(() => import("./pages/audit/Audit"), "Audit"),
  }),
  createRoute({
    getParentRoute: below,
    path: "api-keys",
    component: lazyRouteComponent(() => import("./pages/api-keys/ApiKeys"), "ApiKeys"),
  }),
  createRoute({
    getParentRoute: below,
    path: "departments",
    component: lazyRouteComponent(() => import("./pages/departments/Departments"), "Departments"),
  }),
  createRoute({
    getParentRoute: below,
    path: "sites",
    component: lazyRouteComponent(() => import("./pages/sites/Sites"), "Sites"),
  }),
  createRoute({
    getParentRoute: below,
    path: "orders",
    component: lazyRouteComponent(() => import("./pages/orders/Orders"), "Orders"),
  }),
  createRoute({
    getParentRoute: below,
    path: "port-orders",
    component: lazyRouteComponent(() => import("./pages/port-orders/PortOrders"), "PortOrders"),
  }),
  createRoute({
    getParentRoute: below,
    path: "audio-files",
    component: lazyRouteComponent(() => import("./pages/audio-files/AudioFiles"), "AudioFiles"),
  }),
  createRoute({
    getParentRoute: below,
    path: "shared-mailboxes",
    component: lazyRouteComponent(() => import("./pages/shared-mailboxes/SharedMailboxes"), "SharedMailboxes"),
  }),
  createRoute({
    getParentRoute: below,
    path: "voice-routes",
    component: lazyRouteComponent(() => import("./pages/voice-routes/VoiceRoutes"), "VoiceRoutes"),
  }),
  createRoute({
    getParentRoute: below,
    path: "pstn-usages",
    component: lazyRouteComponent(() => import("./pages/pstn-usages/PstnUsages"), "PstnUsages"),
  }),
  createRoute({
    getParentRoute: below,
    path: "dial-plans",
    component: lazyRouteComponent(() => import("./pages/dial-plans/DialPlans"), "DialPlans"),
  }),
  createRoute({
    getParentRoute: below,
    path: "translation-rules",
    component: lazyRouteComponent(() => import("./pages/translation-rules/TranslationRules"), "TranslationRules"),
  }),
  createRoute({
    getParentRoute: below,
    path: "operators",
    component: lazyRouteComponent(() => import("./pages/operators/Operators"), "Operators"),
  }),
  createRoute({
    getParentRoute: below,
    path: "policies",
    component: lazyRouteComponent(() => import("./pages/policies/Policies"), "Policies"),
  }),
  createRoute({
    getParentRoute: below,
    path: "accounts",
    component: lazyRouteComponent(() => import("./pages/accounts/Accounts"), "Accounts"),
  }),
  createRoute({
    getParentRoute: below,
    path: "roles",
    component: lazyRouteComponent(() => import("./pages/roles/Roles"), "Roles"),
  }),
  createRoute({
    getParentRoute: below,
    path: "webhooks",
    component: lazyRouteComponent(() => import("./pages/webhooks/Webhooks"), "Webhooks"),
  }),
  createRoute({
    getParentRoute: below,
    path: "voicemail",
    component: lazyRouteComponent(() => import("./pages/voicemail/Voicemail"), "Voicemail"),
  }),
  createRoute({
    getParentRoute: below,
    path: "recordings",
    component: lazyRouteComponent(() => import("./pages/recordings/Recordings"), "Recordings"),
  }),
  createRoute({
    getParentRoute: below,
    path: "sign-in",
    component: lazyRouteComponent(() => import("./pages/sign-in/SignInSettings"), "SignInSettings"),
  }),
  createRoute({
    getParentRoute: below,
    path: "explain",
    component: lazyRouteComponent(() => import("./pages/explain/ExplainPage"), "ExplainPage"),
  }),
  createRoute({
    getParentRoute: below,
    path: "credits",
    component: lazyRouteComponent(() => import("./pages/credits/Credits"), "Credits"),
  }),
  createRoute({
    getParentRoute: below,
    path: "spend",
    component: lazyRouteComponent(() => import("./pages/spend/Spend"), "Spend"),
  }),
  createRoute({
    getParentRoute: below,
    path: "price",
    component: lazyRouteComponent(() => import("./pages/price/Price"), "Price"),
  }),
  createRoute({
    getParentRoute: below,
    path: "number-requests",
    component: lazyRouteComponent(() => import("./pages/number-requests/NumberRequests"), "NumberRequests"),
  }),
  createRoute({
    getParentRoute: below,
    path: "port-outs",
    component: lazyRouteComponent(() => import("./pages/port-outs/PortOuts"), "PortOuts"),
  }),
  createRoute({
    getParentRoute: below,
    path: "number-quotas",
    component: lazyRouteComponent(() => import("./pages/number-quotas/NumberQuotas"), "NumberQuotas"),
  }),
  createRoute({
    getParentRoute: below,
    path: "emergency",
    component: lazyRouteComponent(() => import("./pages/emergency/Emergency"), "Emergency"),
  }),
  createRoute({
    getParentRoute: below,
    path: "mails",
    component: lazyRouteComponent(() => import("./pages/mails/Mails"), "Mails"),
  }),
  createRoute({
    getParentRoute: below,
    path: "payments",
    component: lazyRouteComponent(() => import("./pages/payments/Payments"), "Payments"),
  }),
  createRoute({
    getParentRoute: below,
    path: "invoices",
    component: lazyRouteComponent(() => import("./pages/invoices/Invoices"), "Invoices"),
  }),
  createRoute({
    getParentRoute: below,
    path: "budgets",
    component: lazyRouteComponent(() => import("./pages/budgets/Budgets"), "Budgets"),
  }),
  createRoute({
    getParentRoute: below,
    path: "fraud-rules",
    component: lazyRouteComponent(() => import("./pages/fraud-rules/FraudRules"), "FraudRules"),
  }),
  createRoute({
    getParentRoute: below,
    path: "unassigned-numbers",
    component: lazyRouteComponent(() => import("./pages/unassigned-numbers/UnassignedNumbers"), "UnassignedNumbers"),
  }),
  createRoute({
    getParentRoute: below,
    path: "civic-addresses",
    component: lazyRouteComponent(() => import("./pages/civic-addresses/CivicAddresses"), "CivicAddresses"),
  }),
  createRoute({
    getParentRoute: below,
    path: "call-blocks",
    component: lazyRouteComponent(() => import("./pages/call-blocks/CallBlocks"), "CallBlocks"),
  }),
];

export const router = createRouter({
  routeTree: root.addChildren([signIn, invitation, start, phone, newTenant, account, provider.addChildren([tenants, ...ofProvider]), tenant.addChildren(pages)]),
  defaultPreload: "intent",
  // What stands in an address is text, and reads like it.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search: Search) => {
    const set = Object.entries(search).filter((entry): entry is [string, string] => Boolean(entry[1]));
    const text = new URLSearchParams(set).toString();
    return text === "" ? "" : `?${text}`;
  },
});

/** Who is signed in; sends to sign in if nobody is. */
async function signedIn(next: string) {
  try {
    const me = await queryClient.ensureQueryData(meQuery);
    if (me.state === "signed_in") return me;
  } catch (error) {
    if (!hasStatus(error, 401)) throw error;
  }
  throw redirect({ to: paths.signIn, search: { next } });
}

/** What the pages of the admin center wait for: who is signed in, and their text. */
async function inAdminCenter(next: string): Promise<void> {
  await Promise.all([signedIn(next), readAllMessages()]);
}

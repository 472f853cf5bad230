import {
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { ComponentType } from "react";
import { hasStatus } from "./api/problem";
import { queryClient } from "./api/queries";
import { readAllMessages } from "./messages/start";
import { PROVIDER_SECTIONS, SECTIONS, paths } from "./paths";
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

const ofProvider = PROVIDER_SECTIONS.map((section) =>
  createRoute({ getParentRoute: () => provider, path: paths.provider(section), component: read(async () => (await import("./pages")).PROVIDER_PAGES[section]()) }),
);

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

/** Pages of an organization that stand below others. */
const PAGE_PATHS_BELOW = ["attendants/new", "attendants/$attendant/flow", "queues/$queue/flow", "queues/new"] as const;

const below = PAGE_PATHS_BELOW.map((path) =>
  createRoute({ getParentRoute: () => tenant, path, component: read(async () => (await import("./pages")).PAGES_BELOW[path]()) }),
);
const pages = [
  createRoute({
    getParentRoute: () => tenant,
    path: "/",
    beforeLoad: ({ params }) => {
      throw redirect({ to: paths.section(params.tenant, "home"), replace: true });
    },
  }),
  ...SECTIONS.map((section) => createRoute({ getParentRoute: () => tenant, path: section, component: read(async () => (await import("./pages")).PAGES[section]()) })),
  ...below,
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

/** A page that is read when somebody goes there. */
function read(page: () => Promise<ComponentType>) {
  return lazyRouteComponent(async () => ({ default: await page() }));
}

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

/** What the pages of the admin center wait for: who is signed in, their text, and the styles that only they use. */
async function inAdminCenter(next: string): Promise<void> {
  await Promise.all([signedIn(next), readAllMessages(), import("./ui/mantineMore")]);
}

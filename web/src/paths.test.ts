import { expect, test } from "vitest";
import { SECTIONS, paths } from "./paths";

test("the paths that people keep as bookmarks stay what they are", () => {
  const all = [
    paths.start,
    paths.signIn,
    paths.invitation,
    paths.tenants,
    paths.newTenant,
    paths.account,
    ...SECTIONS.map((section) => paths.section("acme", section)),
    paths.newAttendant("acme"),
    paths.newQueue("acme"),
    paths.attendantFlow("acme", "7"),
    paths.queueFlow("acme", "8"),
  ];
  expect(all).toEqual([
    "/",
    "/sign-in",
    "/invitation",
    "/tenants",
    "/tenants/new",
    "/account",
    "/t/acme/home",
    "/t/acme/people",
    "/t/acme/groups",
    "/t/acme/departments",
    "/t/acme/licenses",
    "/t/acme/sites",
    "/t/acme/numbers",
    "/t/acme/orders",
    "/t/acme/port-orders",
    "/t/acme/attendants",
    "/t/acme/queues",
    "/t/acme/schedules",
    "/t/acme/audio-files",
    "/t/acme/shared-mailboxes",
    "/t/acme/voicemail",
    "/t/acme/resource-accounts",
    "/t/acme/live",
    "/t/acme/wallboard",
    "/t/acme/trunks",
    "/t/acme/voice-routes",
    "/t/acme/pstn-usages",
    "/t/acme/dial-plans",
    "/t/acme/translation-rules",
    "/t/acme/operators",
    "/t/acme/devices",
    "/t/acme/reports",
    "/t/acme/call-records",
    "/t/acme/recordings",
    "/t/acme/policies",
    "/t/acme/accounts",
    "/t/acme/roles",
    "/t/acme/sign-in",
    "/t/acme/audit",
    "/t/acme/api-keys",
    "/t/acme/webhooks",
    "/t/acme/attendants/new",
    "/t/acme/queues/new",
    "/t/acme/attendants/7/flow",
    "/t/acme/queues/8/flow",
  ]);
});

test("a name can't leave its place in a path", () => {
  expect(paths.section("a/../b", "people")).toBe("/t/a%2F..%2Fb/people");
});

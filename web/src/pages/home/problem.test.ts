import { expect, test } from "vitest";
import { placeOf } from "./problem";

test.each([
  ["auto_attendant", "/t/acme/attendants/7/flow", {}],
  ["call_queue", "/t/acme/queues/7/flow", {}],
  ["shared_mailbox", "/t/acme/shared-mailboxes", { open: "7" }],
] as const)("what is wrong with a %s is put right at %s", (type, to, search) => {
  expect(placeOf({ type, id: "7" }, "acme")).toEqual({ to, search });
});

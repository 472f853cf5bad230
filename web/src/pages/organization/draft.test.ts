import { expect, test } from "vitest";
import type { Tenant } from "../../api/__generated__/schema";
import { changeOf, draftOf } from "./draft";

const tenant: Tenant = {
  id: "t",
  slug: "acme",
  name: "Acme",
  sip_domain: "acme.test",
  time_zone: "Europe/Berlin",
  country: "DE",
  language: "de-DE",
  state: "active",
  is_default: false,
  emergency_numbers: ["112"],
  license_enforcement: "warn",
  supervision_notice: { told: "agent", sign: "announcement" },
  number_block: { type: "days", days: 90 },
  number_mails: { assigned: true, assigned_words: { subject: "{number}", text: "Hello {name}!" } },
};
const before = draftOf(tenant);

test("what nobody touched is not sent", () => {
  expect(changeOf(before, draftOf(tenant))).toEqual({});
});

test("how long a number rests is days, for ever, or not at all", () => {
  expect(changeOf(before, { ...before, rest_days: 7 })).toEqual({ number_block: { type: "days", days: 7 } });
  expect(changeOf(before, { ...before, rest: "forever" })).toEqual({ number_block: { type: "forever" } });
  expect(changeOf(before, { ...before, rest: "none" })).toEqual({ number_block: null });
});

test("mails about numbers are replaced whole, and words that were emptied are those of the program", () => {
  expect(changeOf(before, { ...before, unassigned: true, assigned_words: { subject: " ", text: "" } })).toEqual({
    number_mails: { assigned: true, assigned_words: null, unassigned: true, unassigned_words: null },
  });
});

test("who is told of supervisors goes with how", () => {
  expect(changeOf(before, { ...before, told: "both" })).toEqual({ supervision_notice: { told: "both", sign: "announcement" } });
});

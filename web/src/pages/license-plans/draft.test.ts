import { expect, test } from "vitest";
import type { LicensePlan } from "../../api/__generated__/schema";
import { changeOf, draftOf, newOf } from "./draft";

const plan: LicensePlan = {
  id: "ACME_PHONE",
  name: "Acme Phone",
  kind: "paid",
  unlocks: ["phone_system"],
  holders: ["user"],
  needs: [],
  excludes: [],
  countries: ["US"],
  term: "annual",
  offered: true,
  built_in: false,
  price: { amount: "8.00", currency: "USD" },
  trial_days: null,
};

test("what nobody touched is not sent: what a plan unlocks stays while somebody has it", () => {
  expect(changeOf(draftOf(plan), draftOf(plan))).toEqual({});
  expect(changeOf(draftOf(plan), { ...draftOf(plan), amount: "9.50" })).toEqual({ price: { amount: "9.50", currency: "USD" } });
});

test("a price that was emptied is none, and a country is written in capitals", () => {
  expect(changeOf(draftOf(plan), { ...draftOf(plan), amount: " ", countries: ["us", "ca "] })).toEqual({ price: null, countries: ["US", "CA"] });
});

test("only a trial says for how many days", () => {
  const trial = { ...draftOf(undefined), id: "T ", name: "Trial", kind: "trial" as const, trial_days: 14 };
  expect(newOf(trial)).toMatchObject({ id: "T", kind: "trial", trial_days: 14, price: null });
  expect(newOf({ ...trial, kind: "paid" })).toMatchObject({ trial_days: null });
  expect(changeOf(trial, { ...trial, kind: "free" })).toEqual({ kind: "free", trial_days: null });
});

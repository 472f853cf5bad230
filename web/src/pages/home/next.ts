import type { SetupStep } from "../../api/__generated__/schema";
import { paths } from "../../paths";

/** Where the next thing of a step is done. */
export type Next = {
  to: string;
  search: Partial<Record<string, string>>;
  permission: string;
  words:
    | "assignLicenses"
    | "setSeats"
    | "addPerson"
    | "addTrunk"
    | "seeTrunks"
    | "assignNumbers"
    | "addNumbers"
    | "seeNumbers"
    | "addAccount"
    | "seeAccounts"
    | "addQueue"
    | "seeQueues"
    | "addAttendant"
    | "seeAttendants"
    | "topUp"
    | "setUpCredits"
    | "seeCredits";
};

/** The steps that have a page. */
const STEP_NUMBERS = [1, 2, 3, 4, 5, 6, 7] as const;

export function isStepNumber(number: number): number is (typeof STEP_NUMBERS)[number] {
  return STEP_NUMBERS.some((known) => known === number);
}

/** What to do next for a step; nothing where nothing can be done. */
export function nextOf(step: Pick<SetupStep, "number" | "state" | "lacks">, tenant: string): Next | undefined {
  const isLacking = step.state === "lacking";
  const says = (words: string) => step.lacks.some(({ next }) => next?.startsWith(`trunkline ${words}`));
  const at = (section: Parameters<typeof paths.section>[1]) => paths.section(tenant, section);
  const make = { open: "new" };
  switch (step.number) {
    case 1:
      if (says("license seats")) return { to: at("licenses"), search: {}, permission: "licenses.write", words: "setSeats" };
      if (says("user create")) return { to: at("people"), search: make, permission: "users.write", words: "addPerson" };
      return { to: at("people"), search: {}, permission: "users.read", words: "assignLicenses" };
    case 2:
      return isLacking
        ? { to: at("trunks"), search: make, permission: "trunks.write", words: "addTrunk" }
        : { to: at("trunks"), search: {}, permission: "trunks.read", words: "seeTrunks" };
    case 3: {
      const free = { "f.kind": "user", "f.assigned": "false" };
      if (says("number upload")) {
        return { to: at("numbers"), search: make, permission: "numbers.write", words: "addNumbers" };
      }
      return isLacking
        ? { to: at("numbers"), search: free, permission: "numbers.write", words: "assignNumbers" }
        : { to: at("numbers"), search: { "f.kind": "user" }, permission: "numbers.read", words: "seeNumbers" };
    }
    case 4:
      if (says("number upload")) {
        return { to: at("numbers"), search: make, permission: "numbers.write", words: "addNumbers" };
      }
      if (says("resource-account create")) {
        return { to: at("resource-accounts"), search: make, permission: "resource_accounts.write", words: "addAccount" };
      }
      return isLacking && says("number assign")
        ? { to: at("numbers"), search: { "f.assigned": "false" }, permission: "numbers.write", words: "assignNumbers" }
        : { to: at("resource-accounts"), search: {}, permission: "resource_accounts.read", words: "seeAccounts" };
    case 5:
      return isLacking && step.lacks.every(({ next }) => !next)
        ? { to: paths.newQueue(tenant), search: {}, permission: "call_queues.write", words: "addQueue" }
        : { to: at("queues"), search: {}, permission: "call_queues.read", words: "seeQueues" };
    case 6:
      return isLacking
        ? { to: paths.newAttendant(tenant), search: {}, permission: "auto_attendants.write", words: "addAttendant" }
        : { to: at("attendants"), search: {}, permission: "auto_attendants.read", words: "seeAttendants" };
    case 7:
      if (says("credit set")) return { to: at("credits"), search: { about: "settings" }, permission: "credits.write", words: "setUpCredits" };
      return isLacking
        ? { to: at("credits"), search: {}, permission: "credits.write", words: "topUp" }
        : { to: at("credits"), search: {}, permission: "credits.read", words: "seeCredits" };
    default:
      return undefined;
  }
}

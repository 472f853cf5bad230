import type { ProviderSection } from "../paths";

/** A page of who runs the server or sells to organizations. */
export type ProviderEntry = { section: ProviderSection; permission: string; /** For who runs the server only. */ runsServer?: true };

export const PROVIDER: readonly ProviderEntry[] = [
  { section: "license-plans", permission: "license_plans.read", runsServer: true },
  { section: "rate-decks", permission: "credits.read", runsServer: true },
  { section: "vouchers", permission: "credits.read", runsServer: true },
  { section: "number-stock", permission: "number_stock.read", runsServer: true },
  { section: "port-orders", permission: "ports.read", runsServer: true },
  { section: "port-outs", permission: "ports.read", runsServer: true },
  { section: "resellers", permission: "resellers.read" },
  { section: "penalties", permission: "penalties.read", runsServer: true },
  { section: "server", permission: "health.read", runsServer: true },
];

/** Lists of the server's have this in place of an organization, whose short name it can't be. */
export const SERVER = "/";

/** The pages that somebody may see. */
export function shownOfProvider(may: (permission: string) => boolean, runsServer: boolean): ProviderEntry[] {
  return PROVIDER.filter((entry) => may(entry.permission) && (runsServer || entry.runsServer !== true));
}

import type { Billing, BillingTax, InvoiceParty } from "../../api/__generated__/schema";

export const PARTY_FIELDS = ["name", "street", "postal_code", "city", "country", "tax_id"] as const satisfies readonly (keyof InvoiceParty)[];
export const PARTIES = ["seller", "buyer"] as const;

export type Party = Record<(typeof PARTY_FIELDS)[number], string>;

/** How the organization is billed, as it is typed. */
export type BillingDraft = { monthly: boolean; seller: Party; buyer: Party; taxes: BillingTax[] };

export function draftOf(billing: Billing | null | undefined): BillingDraft {
  return {
    monthly: billing?.monthly ?? false,
    seller: partyOf(billing?.seller),
    buyer: partyOf(billing?.buyer),
    taxes: billing?.taxes ?? [],
  };
}

/** What is sent; nothing where nothing is said. A tax without a name and percentage is none. */
export function bodyOf({ monthly, seller, buyer, taxes }: BillingDraft): Billing | null {
  const named = taxes.filter(({ name, percent }) => name.trim() !== "" || percent.trim() !== "");
  const isEmpty = !monthly && named.length === 0 && [seller, buyer].every((party) => Object.values(party).every((text) => text.trim() === ""));
  return isEmpty ? null : { monthly, seller, buyer, taxes: named };
}

function partyOf(party: InvoiceParty | undefined): Party {
  return {
    name: party?.name ?? "",
    street: party?.street ?? "",
    postal_code: party?.postal_code ?? "",
    city: party?.city ?? "",
    country: party?.country ?? "",
    tax_id: party?.tax_id ?? "",
  };
}

import type { CivicAddress, CivicAddressParts, NewCivicAddress } from "../../api/__generated__/schema";
import { orNull } from "../../ui/noun/text";

/** Parts of an address that are text and may be missing, in the order in which they are typed. */
export const TEXTS = [
  "house_number",
  "house_number_suffix",
  "pre_directional",
  "street_name",
  "street_suffix",
  "post_directional",
  "place",
  "city",
  "state_or_province",
  "postal_code",
] as const satisfies readonly (keyof CivicAddressParts)[];

export const DEGREES = ["latitude", "longitude"] as const satisfies readonly (keyof CivicAddressParts)[];

type Part = "name" | "company_name" | "country" | "description" | (typeof TEXTS)[number] | (typeof DEGREES)[number];

/** An address, as it is typed. */
export type AddressDraft = Record<Part, string>;

const NOTHING: AddressDraft = {
  name: "",
  company_name: "",
  country: "",
  description: "",
  house_number: "",
  house_number_suffix: "",
  pre_directional: "",
  street_name: "",
  street_suffix: "",
  post_directional: "",
  place: "",
  city: "",
  state_or_province: "",
  postal_code: "",
  latitude: "",
  longitude: "",
};

export function draftOf(address: CivicAddress | undefined): AddressDraft {
  if (address === undefined) return NOTHING;
  const { name, company_name, country, description } = address;
  const draft = { ...NOTHING, name, company_name, country, description: description ?? "" };
  for (const part of TEXTS) draft[part] = address[part] ?? "";
  for (const part of DEGREES) draft[part] = String(address[part] ?? "");
  return draft;
}

export function bodyOf(draft: AddressDraft): NewCivicAddress {
  const { name, company_name, country, description } = draft;
  const body: NewCivicAddress = { name, company_name, country: country.trim().toUpperCase(), description: orNull(description) };
  for (const part of TEXTS) body[part] = orNull(draft[part]);
  for (const part of DEGREES) body[part] = draft[part] === "" ? null : Number(draft[part]);
  return body;
}

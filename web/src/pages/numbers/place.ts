import type { Number as PhoneNumber } from "../../api/__generated__/schema";

/** Where a number is from, as far as its carrier says: `Seattle, US-WA`. A part of a country names the country itself. */
export function placeOf({ city, region, country }: Pick<PhoneNumber, "city" | "region" | "country">): string {
  return [city, region ?? country].filter((part) => part != null && part !== "").join(", ");
}

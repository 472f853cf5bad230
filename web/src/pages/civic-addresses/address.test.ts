import { expect, test } from "vitest";
import type { CivicAddress } from "../../api/__generated__/schema";
import { bodyOf, draftOf } from "./address";

const address: CivicAddress = {
  id: "a",
  name: "Lyon",
  line: "3 Rue Exemple, 69002 Lyon, FR",
  validation_status: "not_validated",
  company_name: "Demo",
  country: "FR",
  house_number: "3",
  street_name: "Rue Exemple",
  city: "Lyon",
  postal_code: "69002",
  latitude: 45.76,
  longitude: 4.83,
};

test("what was read is sent as it was", () => {
  expect(bodyOf(draftOf(address))).toMatchObject({ name: "Lyon", country: "FR", house_number: "3", latitude: 45.76, longitude: 4.83 });
});

test("what is empty is nothing, and a country is written in capitals", () => {
  const body = bodyOf({ ...draftOf(undefined), name: "Here", country: "us " });
  expect(body).toMatchObject({ country: "US", place: null, description: null, latitude: null });
});

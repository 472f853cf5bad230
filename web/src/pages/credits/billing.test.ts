import { expect, test } from "vitest";
import { bodyOf, draftOf } from "./billing";

test("where nothing is said nothing is sent", () => {
  expect(bodyOf(draftOf(undefined))).toBeNull();
  expect(bodyOf({ ...draftOf(null), taxes: [{ name: " ", percent: "" }] })).toBeNull();
});

test("what was read is sent as it was, without taxes that were emptied", () => {
  const draft = draftOf({ monthly: true, seller: { name: "Tel Inc", country: "US" }, buyer: { name: "Demo" }, taxes: [{ name: "VAT", percent: "19" }] });
  expect(bodyOf({ ...draft, taxes: [...draft.taxes, { name: "", percent: "" }] })).toEqual({
    monthly: true,
    seller: { name: "Tel Inc", street: "", postal_code: "", city: "", country: "US", tax_id: "" },
    buyer: { name: "Demo", street: "", postal_code: "", city: "", country: "", tax_id: "" },
    taxes: [{ name: "VAT", percent: "19" }],
  });
});

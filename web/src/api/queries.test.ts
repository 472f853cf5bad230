import { expect, test } from "vitest";
import { Away, Refusal, Strange } from "./problem";
import { mayPass } from "./queries";

const refusal = (status: number) =>
  new Refusal({ type: "", title: "", detail: "", code: "", status }, status);

test("what is only so for a moment is asked again", () => {
  expect(mayPass(refusal(503))).toBe(true);
  expect(mayPass(new Strange(502))).toBe(true);
});

test("a refusal stays one, and a server that is away is not asked by everybody", () => {
  for (const status of [400, 401, 403, 404, 409, 412, 422, 429]) expect(mayPass(refusal(status))).toBe(false);
  expect(mayPass(new Away("away"))).toBe(false);
});

import { expect, test } from "vitest";
import { ownPath } from "./ownPath";

test("signing in leads on to a page of ours", () => {
  expect(ownPath("/t/acme/people?q=ann")).toBe("/t/acme/people?q=ann");
});

test.each([undefined, "", "https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"])(
  "signing in does not lead to %j",
  (next) => {
    expect(ownPath(next)).toBe("/");
  },
);

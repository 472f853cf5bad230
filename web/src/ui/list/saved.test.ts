import { expect, test } from "vitest";
import { read } from "./saved";

test("views that were kept are read", () => {
  const view = { name: "Berlin", search: { "f.site": "Berlin" } };
  expect(read(JSON.stringify([view]))).toEqual([view]);
});

test.each([null, "", "{", "7", "[7]", '[{"name":1,"search":{}}]', '[{"name":"a","search":{"q":1}}]'])(
  "%j holds no view",
  (text) => {
    expect(read(text)).toEqual([]);
  },
);

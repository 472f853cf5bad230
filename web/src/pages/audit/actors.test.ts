import { expect, test } from "vitest";
import { actorsOf } from "./actors";

test("who changed something and who may are found once, by name", () => {
  const by = { kind: "account", name: "ann@demo.test", shown: "ann@demo.test (Ann)" } as const;
  const events = [
    { actor: "system", by: null },
    { actor: "account:ann@demo.test", by },
    { actor: "account:ann@demo.test", by },
  ];
  expect(actorsOf(events, ["zoe@demo.test", "ann@demo.test"])).toEqual([
    { value: "account:ann@demo.test", label: "ann@demo.test (Ann)" },
    { value: "system", label: "system" },
    { value: "account:zoe@demo.test", label: "zoe@demo.test" },
  ]);
});

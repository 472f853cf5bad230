import { expect, test } from "vitest";
import { read } from "./keptDraft";

const first = { name: "", seconds: 20, agents: new Array<string>() };

test("a draft that was kept goes on", () => {
  const draft = { name: "Sales", seconds: 30, agents: ["7"] };
  expect(read(JSON.stringify(draft), first)).toEqual(draft);
});

test.each([null, "", "{", "7", "null", '{"name":"Sales"}', '{"name":1,"seconds":20,"agents":[]}'])(
  "%j is no draft of today",
  (text) => {
    expect(read(text, first)).toEqual(first);
  },
);

import { expect, test } from "vitest";
import type { AutoAttendant } from "../../api/__generated__/schema";
import { AUTOMATIC, NO_OPTION, USUAL, attendantOf, draftOf, freeKey } from "./draft";

const attendant: AutoAttendant = {
  id: "7",
  name: "Main menu",
  language: "en-US",
  time_zone: "Europe/Berlin",
  operator: { type: "user", id: "1" },
  wait_seconds: 5,
  associations: [],
  default_flow: {
    name: "Open",
    force_listen: true,
    greeting: { type: "text", text: "Hello." },
    menu: {
      prompt: { type: "audio_file", id: "9" },
      directory_search: "by_name",
      options: [
        { key: "1", action: { type: "transfer", target: { type: "call_queue", id: "8", priority: 2 } } },
        { key: "2", action: { type: "search_directory", by: "by_extension" } },
        { key: "3", action: { type: "announcement", prompt: { type: "text", text: "We are open." } } },
        { key: "0", action: { type: "operator" } },
      ],
    },
  },
};

test("an attendant that is only looked at stays what it was, with all that the form does not show", () => {
  expect(attendantOf(draftOf(attendant), attendant)).toEqual(attendant);
});

test("who goes on at once is offered no keys", () => {
  const options = [
    { ...NO_OPTION, key: "1" },
    { ...NO_OPTION, key: AUTOMATIC },
  ];
  const made = attendantOf({ ...USUAL, goesOn: true, options });
  expect(made.default_flow.menu.options.map(({ key }) => key)).toEqual([AUTOMATIC]);
  expect(made.operator).toBeNull();
});

test("keys are offered in the order of a telephone, once", () => {
  expect(freeKey([])).toBe("1");
  expect(freeKey([NO_OPTION])).toBe("2");
  expect(freeKey("1234567890".split("").map((key) => ({ ...NO_OPTION, key })))).toBeUndefined();
});

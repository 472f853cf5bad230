import { expect, test } from "vitest";
import { PROVIDER_SECTIONS, SECTIONS } from "../paths";
import { PROVIDER, shownOfProvider } from "./provider";
import { GROUPS, shown } from "./sections";

test("each page is in the navigation once", () => {
  const named = GROUPS.flatMap(({ entries }) => entries.map(({ section }) => section));
  expect(named.toSorted()).toEqual(SECTIONS.toSorted());
});

test("nobody sees a page that they may not read, nor a group without pages", () => {
  const groups = shown((permission) => permission === "licenses.read");
  expect(groups.map(({ name, entries }) => [name, entries.length])).toEqual([["people", 1]]);
});

test("each page of a provider is in the navigation once", () => {
  expect(PROVIDER.map(({ section }) => section)).toEqual([...PROVIDER_SECTIONS]);
});

test("who sells to organizations does not see what is of who runs the server", () => {
  const everything = () => true;
  expect(shownOfProvider(everything, false).some(({ runsServer }) => runsServer === true)).toBe(false);
  expect(shownOfProvider(everything, true)).toEqual(PROVIDER);
});

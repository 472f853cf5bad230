import { expect, test } from "vitest";
import type { SetupState } from "../../api/__generated__/schema";
import { nextOf } from "./next";

function next(number: number, state: SetupState, ...commands: (string | null)[]) {
  const lacks = commands.map((command) => ({ what: "something", next: command }));
  const found = nextOf({ number, state, lacks }, "acme");
  return found && [found.words, found.to, found.search];
}

test.each([
  [1, "trunkline license seats MCOEV 10", "setSeats"],
  [1, "trunkline user create --extension 101 --name NAME", "addPerson"],
  [1, "trunkline license assign --plan MCOEV 101", "assignLicenses"],
  [2, "trunkline trunk create NAME --host HOST --source ADDRESS", "addTrunk"],
  [3, "trunkline number upload --kind user NUMBER", "addNumbers"],
  [3, "trunkline number assign +1 --user 101", "assignNumbers"],
  [4, "trunkline number upload --kind service_toll NUMBER", "addNumbers"],
  [4, "trunkline resource-account create NAME", "addAccount"],
  [5, null, "addQueue"],
  [6, null, "addAttendant"],
  [7, "trunkline credit set --currency USD", "setUpCredits"],
  [7, "trunkline credit top-up 50.00", "topUp"],
])("what step %d lacks (%j) is done next: %s", (number, command, words) => {
  expect(next(number, "lacking", command)?.[0]).toBe(words);
});

test("a queue without agents is looked at, not made again", () => {
  expect(next(5, "lacking", 'trunkline queue show "Sales"')?.[0]).toBe("seeQueues");
});

test("a step that is done leads to what is there", () => {
  expect(next(6, "done")).toEqual(["seeAttendants", "/t/acme/attendants", {}]);
});

test("a step that this version of the pages does not know leads nowhere", () => {
  expect(next(8, "not_available")).toBeUndefined();
});

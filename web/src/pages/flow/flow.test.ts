import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import type { AutoAttendant, CallQueue, ExplainedStep } from "../../api/__generated__/schema";
import en from "../../messages/en.json";
import outside from "../../messages/outside/en.json";
import type { FlowDocument, World } from "./document";
import { expectationOf } from "./expectation";
import { findings } from "./findings";
import { type Graph, graphOf } from "./graph";
import { heightOf, layout } from "./layout";
import { litBy } from "./lit";
import { targetTo } from "./targets";
import { withoutEmpty } from "./hours";
import { wired, wiringOf } from "./wire";

beforeAll(() => i18next.init({ lng: "en", resources: { en: { translation: { ...outside, ...en } } } }));

const attendant: AutoAttendant = {
  id: "main",
  name: "Main",
  language: "en-US",
  time_zone: "UTC",
  operator: { type: "user", id: "alice" },
  associations: [
    {
      type: "holiday",
      schedule: "xmas",
      enabled: true,
      flow: { name: "", menu: { options: [{ key: "automatic", action: { type: "disconnect" } }] } },
    },
  ],
  default_flow: {
    name: "",
    menu: {
      options: [
        { key: "1", action: { type: "transfer", target: { type: "call_queue", id: "sales" } } },
        { key: "2", action: { type: "transfer", target: { type: "user", id: "nobody" } } },
        { key: "0", action: { type: "operator" } },
      ],
    },
  },
};

const sales: CallQueue = {
  id: "sales",
  name: "Sales",
  language: "en-US",
  agents: ["bob"],
  timeout: { action: { type: "forward", target: { type: "auto_attendant", id: "main" } } },
};

const world: World = {
  attendants: [attendant],
  queues: [sales],
  accounts: [{ id: "account", app: { type: "auto_attendant", id: "main" }, numbers: ["+14255550100"] }],
  names: new Map([
    ["alice", "Alice"],
    ["bob", "Bob"],
    ["xmas", "Christmas"],
  ]),
};

const main: FlowDocument = { type: "auto_attendant", settings: attendant };
const draw = (document: FlowDocument, around = world): Graph => graphOf(document, around, i18next.t);
const queue = (change: Partial<CallQueue>): FlowDocument => ({ type: "call_queue", settings: { ...sales, ...change } });
const kinds = (graph: Graph, problems = findings(graph)) => problems.map(({ kind }) => kind);

test("all that a call can come to is drawn, each exit as a line", () => {
  const graph = draw(main);
  const start = graph.nodes[0];
  expect([start?.id, start?.lines]).toEqual(["start", ["+14255550100"]]);
  const menu = graph.nodes.find(({ id }) => id === "default_flow");
  expect(menu?.exits.map(({ label }) => label)).toEqual(["Key 1", "Key 2", "Key 0", "Nothing chosen, three times"]);
  const led = graph.nodes.find(({ id }) => id === "call_queue:sales");
  expect(led?.exits.map(({ label, to }) => [label, to])).toEqual([
    ["An agent answers", "call_queue:sales.people"],
    ["50 wait already", "call_queue:sales.overflow.ends"],
    ["1200 s waited", "start"],
    ["No agent is there", undefined],
  ]);
  const ids = graph.nodes.flatMap(({ exits }) => exits.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

test("what leads nowhere is flagged where it does", () => {
  const found = findings(draw(main));
  expect(found).toEqual([{ kind: "missing", node: "default_flow", exit: "default_flow.menu.options[1]", isWrong: true }]);
  const noOperator: FlowDocument = { type: "auto_attendant", settings: { ...attendant, operator: null } };
  expect(kinds(draw(noOperator))).toContain("unwired");
});

test("a flow that is switched off is not reached, and a queue without agents is answered by nobody", () => {
  const associations = attendant.associations?.map((association) => ({ ...association, enabled: false }));
  const off: FlowDocument = { type: "auto_attendant", settings: { ...attendant, associations } };
  expect(findings(draw(off)).filter(({ kind }) => kind === "unreachable").map(({ node }) => node)).toEqual(["associations[0].flow"]);
  expect(kinds(draw(queue({ agents: [] })))).toContain("nobody");
});

test("a circle is flagged if nobody is asked in it, and is a way back if somebody is", () => {
  const round = queue({ timeout: { action: { type: "forward", target: { type: "call_queue", id: "sales" } } } });
  expect(kinds(draw(round))).toEqual(["loop"]);
  const blind: AutoAttendant = {
    ...attendant,
    associations: [],
    default_flow: { name: "", menu: { options: [{ key: "automatic", action: { type: "transfer", target: { type: "call_queue", id: "sales" } } }] } },
  };
  expect(kinds(draw({ type: "auto_attendant", settings: blind }))).toEqual(["loop"]);
  expect(kinds(draw(main))).not.toContain("loop");
});

test("what the server says of a field stands where the field is", () => {
  const problem = (field: string) => ({ field, code: "x", message: "no" });
  const at = (field: string) => findings(draw(main), [problem(field)]).find(({ kind }) => kind === "server");
  expect(at("default_flow.menu.options[0].action.target")).toMatchObject({ node: "default_flow", exit: "default_flow.menu.options[0]" });
  expect(at("associations[0].flow.greeting.text")?.node).toBe("associations[0].flow");
  expect(at("name")?.node).toBe("start");
});

test("an exit is led elsewhere, and nothing else changes", () => {
  const to = wired(main, "default_flow.menu.options[1]", { type: "target", target: { type: "user", id: "bob" } });
  expect(wiringOf(to, "default_flow.menu.options[1]")).toEqual({ type: "target", target: { type: "user", id: "bob" } });
  expect(wired(to, "default_flow.menu.options[1]", { type: "target", target: { type: "user", id: "nobody" } })).toEqual(main);
  const holiday = wired(main, "associations[0].flow.menu.options[0]", { type: "operator" });
  expect(wiringOf(holiday, "associations[0].flow.menu.options[0]")).toEqual({ type: "operator" });
  for (const field of ["overflow.action", "timeout.action", "no_agent.action"]) {
    const led = wired(queue({}), field, { type: "target", target: { type: "user", id: "bob" } });
    expect(wiringOf(led, field)).toEqual({ type: "target", target: { type: "user", id: "bob" } });
    expect(wiringOf(wired(led, field, { type: "disconnect" }), field)).toEqual({ type: "disconnect" });
  }
  expect(wired(queue({}), "routing", { type: "disconnect" })).toEqual(queue({}));
});

const step = (type: string, noun: string, id: string, field: string): ExplainedStep => ({
  after_seconds: 0,
  type,
  words: "",
  setting: { noun, id, name: "", field },
});

const closed = queue({
  hours: {
    closures: [
      { type: "holiday", schedule: "xmas", exception: { action: { type: "forward", target: { type: "voicemail", id: "alice" } }, prompt: { type: "text", text: "Merry Christmas." } } },
      { type: "after_hours", schedule: "nights", enabled: false, exception: { action: { type: "disconnect" } } },
    ],
  },
});

test("a queue that closes has an exit for each time, before all others, and one that is switched off is not taken", () => {
  const graph = draw(closed);
  const exits = graph.nodes.find(({ id }) => id === "queue")?.exits ?? [];
  expect(exits.slice(0, 3).map(({ label, to, stays }) => [label, to, stays])).toEqual([
    ["Holiday: Christmas", "voicemail:alice", undefined],
    ["After hours: gone (switched off)", "queue.hours.closures[1].ends", "switched off"],
    ["An agent answers", "queue.people", undefined],
  ]);
  const full = litBy(graph, [step("leave", "call_queue", "sales", "hours.closures[0].exception")]);
  expect([...full.exits]).toContain("queue.hours.closures[0]");
});

test("where callers go who come too late is led elsewhere, with what is said to them", () => {
  const field = "hours.closures[0].exception.action";
  expect(wiringOf(closed, field)).toEqual({ type: "target", target: { type: "voicemail", id: "alice" } });
  const led = wired(closed, field, { type: "disconnect" });
  expect(wiringOf(led, field)).toEqual({ type: "disconnect" });
  expect(led.type === "call_queue" && led.settings.hours?.closures?.[0]?.exception.prompt).toEqual({ type: "text", text: "Merry Christmas." });
  expect(wired(closed, "hours.closures[2].exception.action", { type: "disconnect" })).toEqual(closed);
});

test("hours that say nothing are none", () => {
  expect(withoutEmpty({ closures: [], hours_override: null, time_zone: "" })).toBeNull();
  expect(withoutEmpty({ hours_override: { state: "closed" } })).toEqual({ hours_override: { state: "closed" } });
  expect(withoutEmpty({ time_zone: "Europe/Berlin" })).not.toBeNull();
});

test("a line to a node is a target, but for nodes that only belong to another", () => {
  const { nodes } = draw(main);
  const to = (id: string) => {
    const node = nodes.find((one) => one.id === id);
    return node && targetTo(node, { type: "auto_attendant", id: "main" });
  };
  expect(to("user:alice")).toEqual({ type: "user", id: "alice" });
  expect(to("call_queue:sales")).toEqual({ type: "call_queue", id: "sales" });
  expect(to("start")).toEqual({ type: "auto_attendant", id: "main" });
  expect(to("default_flow")).toBeUndefined();
});

test("no two nodes lie over each other, and each stands right of what leads to it", () => {
  const graph = draw(main);
  const places = layout(graph);
  const boxes = graph.nodes.map((node) => ({ node, ...places.get(node.id) }));
  for (const one of boxes) {
    for (const other of boxes) {
      if (one === other || one.x !== other.x) continue;
      const [above, below] = (one.y ?? 0) < (other.y ?? 0) ? [one, other] : [other, one];
      expect((above.y ?? 0) + heightOf(above.node)).toBeLessThanOrEqual(below.y ?? 0);
    }
  }
  expect(places.get("default_flow")?.x).toBeGreaterThan(places.get("hours")?.x ?? 0);
});

test("the path of a call is lit by the settings that decided", () => {
  const graph = draw(main);
  const lit = litBy(graph, [
    step("flow", "auto_attendant", "main", "default_flow"),
    step("key", "auto_attendant", "main", "default_flow.menu.options[0]"),
    step("admission", "call_queue", "sales", "overflow_threshold"),
    step("offer", "call_queue", "sales", "routing"),
  ]);
  expect([...lit.exits].toSorted()).toEqual(["call_queue:sales.agents", "default_flow.menu.options[0]", "hours.usual", "start.in"]);
  const full = litBy(graph, [step("leave", "call_queue", "sales", "overflow_threshold")]);
  expect([...full.exits]).toContain("call_queue:sales.overflow");
});

test("a call that was tried says what a test would expect", () => {
  expect(expectationOf({ type: "person", words: "", attempts: [], user: "101" })).toBe("user:101");
  expect(expectationOf({ type: "person", words: "", attempts: [], user: "102", app: { type: "call_queue", id: "x", name: "Sales" } })).toBe("queue:Sales");
  expect(expectationOf({ type: "message", words: "the caller leaves a message in the shared mailbox Front desk", attempts: [] })).toBe("mailbox:Front desk");
  expect(expectationOf({ type: "hung_up", words: "", attempts: [] })).toBe("hang_up");
  expect(expectationOf({ type: "echo", words: "", attempts: [] })).toBe("");
});

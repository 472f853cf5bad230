import type { ExplainedStep } from "../../api/__generated__/schema";
import { placeOf } from "./findings";
import type { FlowNode, Graph } from "./graph";

/** What a call that was tried comes to: nodes, exits, and for each step where it happens. */
export type Lit = { nodes: ReadonlySet<string>; exits: ReadonlySet<string> };

export const NOTHING_LIT: Lit = { nodes: new Set(), exits: new Set() };

/** The way of a call through a graph, as its explanation tells it. */
export function litBy({ nodes, start }: Graph, steps: readonly ExplainedStep[]): Lit {
  const lit = { nodes: new Set([start]), exits: new Set<string>() };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const light = (node: FlowNode | undefined, exitId: string | undefined) => {
    if (node === undefined) return;
    lit.nodes.add(node.id);
    const exit = node.exits.find(({ id }) => id === exitId);
    if (exit === undefined) return;
    lit.exits.add(exit.id);
    if (exit.to !== undefined) lit.nodes.add(exit.to);
  };
  for (const { setting, type } of steps) {
    if (setting == null) continue;
    const own = nodes.filter(({ app, kind, isNested }) => app.id === setting.id && app.type === setting.noun && kind !== "hang_up" && (!isNested || kind === "attendant" || kind === "queue"));
    const places = exitsOf(own, setting.field, type);
    for (const { node, exit } of places) light(byId.get(node), exit);
  }
  // Where one lit node leads to another and nobody chose, the way between them is lit as well.
  for (const node of nodes.filter(({ id }) => lit.nodes.has(id))) {
    for (const exit of node.exits) {
      if (exit.to !== undefined && lit.nodes.has(exit.to) && (node.kind === "start" || node.kind === "operator" || isOnly(node, exit.id))) lit.exits.add(exit.id);
    }
  }
  return lit;
}

type Where = { node: string; exit: string | undefined };

/** Exits that a setting stands behind, as far as what happened says that a call took them. */
function exitsOf(own: readonly FlowNode[], field: string, type: string): Where[] {
  const exact = own.flatMap((node) =>
    node.exits
      .filter((exit) => exit.field !== "" && isBehind(exit.field, field, type))
      .map((exit): Where => ({ node: node.id, exit: exit.id })),
  );
  if (exact.length > 0) return exact;
  const place = placeOf(field, own.map((node) => ({ ...node, isNested: false })));
  return place === undefined ? [] : [{ node: place.node, exit: undefined }];
}

function isBehind(exitField: string, field: string, type: string): boolean {
  // How long a menu waits is behind silence, which leads on only after the third time: the operator's step tells of that.
  if (field === "wait_seconds") return false;
  const name = exitField.replace(/(\.exception)?\.action$/, "");
  if (name === field || `${name}.exception` === field) return type !== "admission";
  return type === "leave" && { overflow: "overflow_threshold", timeout: "timeout_seconds" }[name] === field;
}

function isOnly({ exits }: FlowNode, id: string): boolean {
  return exits.length === 1 && exits[0]?.id === id;
}

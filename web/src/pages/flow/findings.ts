import type { FieldError } from "../../api/__generated__/schema";
import type { FlowExit, FlowNode, Graph } from "./graph";

/** Something that is wrong with a flow, or may be. */
export type Finding = {
  kind: "unwired" | "missing" | "unreachable" | "loop" | "no_choice" | "nobody" | "server";
  /** Where it is. */
  node: string;
  exit?: string;
  /** What the server says of it. */
  words?: string;
  /** Callers would be lost; otherwise it is only worth knowing. */
  isWrong: boolean;
};

/** What is wrong with a graph: exits that lead nowhere, parts that no call comes to, and circles that no caller leaves. */
export function findings({ nodes, start }: Graph, problems: readonly FieldError[] = []): Finding[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found: Finding[] = [];
  const reached = reachedFrom(start, byId);
  for (const node of nodes) {
    const isReached = reached.has(node.id);
    if (!isReached && node.kind !== "hang_up" && node.kind !== "missing") {
      found.push({ kind: "unreachable", node: node.id, isWrong: false });
    }
    for (const exit of node.exits) {
      const to = exit.to === undefined ? undefined : byId.get(exit.to);
      if (exit.stays !== undefined) continue;
      if (node.kind === "queue" && to === undefined) found.push({ kind: "nobody", node: node.id, exit: exit.id, isWrong: true });
      else if (to === undefined) found.push({ kind: "unwired", node: node.id, exit: exit.id, isWrong: true });
      else if (to.kind === "missing") found.push({ kind: "missing", node: node.id, exit: exit.id, isWrong: true });
    }
    if (node.kind === "menu" && node.exits.every(({ isAutomatic, field }) => isAutomatic && field === "wait_seconds")) {
      found.push({ kind: "no_choice", node: node.id, isWrong: false });
    }
  }
  for (const exit of loops(nodes, byId)) found.push({ kind: "loop", ...exit, isWrong: true });
  for (const problem of problems) {
    const place = placeOf(problem.field, nodes);
    found.push({ kind: "server", node: place?.node ?? start, ...(place?.exit ? { exit: place.exit } : {}), words: problem.message, isWrong: true });
  }
  return found;
}

function reachedFrom(start: string, byId: ReadonlyMap<string, FlowNode>): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const { to, stays } of byId.get(id)?.exits ?? []) if (to !== undefined && stays === undefined) open.push(to);
  }
  return reached;
}

/** Exits that close a circle in which nobody chooses anything: a call could go round in it for ever. */
function loops(nodes: readonly FlowNode[], byId: ReadonlyMap<string, FlowNode>): { node: string; exit: string }[] {
  const state = new Map<string, "open" | "done">();
  const closing: { node: string; exit: string }[] = [];
  const follow = (node: FlowNode): void => {
    state.set(node.id, "open");
    for (const exit of node.exits.filter(isBlind)) {
      const to = exit.to === undefined ? undefined : byId.get(exit.to);
      if (to === undefined) continue;
      if (state.get(to.id) === "open") closing.push({ node: node.id, exit: exit.id });
      else if (state.get(to.id) === undefined) follow(to);
    }
    state.set(node.id, "done");
  };
  for (const node of nodes) if (state.get(node.id) === undefined) follow(node);
  return closing;
}

function isBlind({ isAutomatic, stays }: FlowExit): boolean {
  return isAutomatic && stays === undefined;
}

/** The exit or node that a field of the API belongs to: the one whose own field is the longest beginning of it. */
export function placeOf(field: string, nodes: readonly FlowNode[]): { node: string; exit?: string } | undefined {
  let best: { node: string; exit?: string; length: number } | undefined;
  const offer = (node: string, exit: string | undefined, own: string) => {
    if (own === "" || !begins(field, own) || own.length < (best?.length ?? 0)) return;
    best = { node, length: own.length, ...(exit === undefined ? {} : { exit }) };
  };
  for (const node of nodes.filter(({ isNested }) => !isNested)) {
    offer(node.id, undefined, node.field);
    for (const exit of node.exits) if (exit.wires) offer(node.id, exit.id, exit.field.replace(/\.action$/, ""));
  }
  return best;
}

function begins(field: string, own: string): boolean {
  return field === own || field.startsWith(`${own}.`) || field.startsWith(`${own}[`);
}

import type { FlowNode, Graph } from "./graph";

export type Place = { x: number; y: number };

/** What a node takes up. Its style sheet says the same. */
export const NODE_PIXELS = { width: 248, head: 44, line: 20, prompt: 42, exit: 30, foot: 10 } as const;

const COLUMN_PIXELS = NODE_PIXELS.width + 76;
const GAP_PIXELS = 26;

export function heightOf({ lines, prompts, exits, kind }: FlowNode): number {
  const { head, line, prompt, exit, foot } = NODE_PIXELS;
  if (kind === "hang_up") return head;
  return head + lines.length * line + prompts.length * prompt + exits.length * exit + foot;
}

/** Places for all nodes: a node stands right of those that lead to it, and in their order. */
export function layout({ nodes, start }: Graph): Map<string, Place> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const column = columns(start, byId);
  const places = new Map<string, Place>();
  const next = new Map<number, number>();
  const place = (node: FlowNode, wanted: number): void => {
    if (places.has(node.id)) return;
    const at = column.get(node.id) ?? 0;
    const y = Math.max(wanted, next.get(at) ?? 0);
    places.set(node.id, { x: at * COLUMN_PIXELS, y });
    next.set(at, y + heightOf(node) + GAP_PIXELS);
    let below = y;
    for (const { to } of node.exits) {
      const target = to === undefined ? undefined : byId.get(to);
      if (target === undefined || places.has(target.id) || column.get(target.id) !== at + 1) continue;
      place(target, below);
      below = (places.get(target.id)?.y ?? below) + heightOf(target) + GAP_PIXELS;
    }
  };
  const ordered = nodes.toSorted((one, other) => (column.get(one.id) ?? 0) - (column.get(other.id) ?? 0));
  for (const node of ordered) place(node, 0);
  return places;
}

/** The column of each node: one beyond the furthest that leads to it, circles left out. What nothing leads to comes first. */
function columns(start: string, byId: ReadonlyMap<string, FlowNode>): Map<string, number> {
  const found = new Map<string, number>();
  const path = new Set<string>();
  const visit = (id: string, at: number): void => {
    const node = byId.get(id);
    if (node === undefined || path.has(id) || (found.get(id) ?? -1) >= at) return;
    found.set(id, at);
    path.add(id);
    for (const { to } of node.exits) if (to !== undefined) visit(to, at + 1);
    path.delete(id);
  };
  visit(start, 0);
  return found;
}

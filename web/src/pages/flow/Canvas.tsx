import "@xyflow/react/dist/style.css";
import {
  Background,
  type Connection,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  MiniMap,
  type Node,
  type NodeProps,
  type ReactFlowInstance,
  Position,
  ReactFlow,
  applyNodeChanges,
} from "@xyflow/react";
import { useComputedColorScheme } from "@mantine/core";
import { type KeyboardEvent, createContext, use, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../ui/Icon";
import { Head } from "./Card";
import classes from "./Card.module.css";
import canvas from "./Canvas.module.css";
import type { Finding } from "./findings";
import type { FlowExit, FlowNode, Graph } from "./graph";
import { type Place, heightOf, layout } from "./layout";
import type { Lit } from "./lit";

export type CanvasProps = {
  graph: Graph;
  findings: readonly Finding[];
  lit: Lit;
  language: string;
  chosen: { node: string; exit: string };
  mayWrite: boolean;
  onChoose: (node: string, exit: string) => void;
  /** Somebody drew a line from an exit to a node. */
  onWire: (exit: FlowExit, to: FlowNode) => void;
};

type Shown = Pick<CanvasProps, "findings" | "lit" | "language" | "chosen" | "onChoose">;

const Shown = createContext<Shown | undefined>(undefined);

type CardNode = Node<{ of: FlowNode }, "card">;

const TYPES = { card: Card };
const FIT = { padding: 0.04, maxZoom: 1, minZoom: 0.3 };

/** The flow as a drawing: each exit a line, which can be drawn anew. */
export default function Canvas({ graph, mayWrite, onWire, ...shown }: CanvasProps) {
  const { t } = useTranslation();
  const colors = useComputedColorScheme("light");
  // Where somebody put a node it stays while the page is open.
  const [moved, setMoved] = useState<ReadonlyMap<string, Place>>(new Map());
  const [drawing, setDrawing] = useState<ReactFlowInstance<CardNode, Edge>>();
  const nNodes = graph.nodes.length;
  // What is added is seen.
  useEffect(() => {
    if (nNodes > 0) void drawing?.fitView(FIT);
  }, [drawing, nNodes]);
  const places = useMemo(() => layout(graph), [graph]);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const isTried = shown.lit.nodes.size > 0;
  const nodes = graph.nodes.map(
    (node): CardNode => ({
      id: node.id,
      type: "card",
      position: moved.get(node.id) ?? places.get(node.id) ?? { x: 0, y: 0 },
      data: { of: node },
      ariaLabel: t("flowEditor.node", { kind: t(`flowEditor.kind.${node.kind}`), name: node.title }),
      initialHeight: heightOf(node),
      initialWidth: 248,
      selected: shown.chosen.node === node.id,
      connectable: mayWrite,
    }),
  );
  const edges = graph.nodes.flatMap((node) =>
    node.exits.flatMap((exit): Edge[] => {
      if (exit.to === undefined) return [];
      const isLit = shown.lit.exits.has(exit.id);
      const isWrong = shown.findings.some((finding) => finding.exit === exit.id && finding.isWrong);
      const look = isLit ? canvas.lit : isWrong ? canvas.wrong : exit.stays !== undefined ? canvas.off : isTried ? canvas.dim : "";
      return [
        {
          id: exit.id,
          source: node.id,
          sourceHandle: exit.id,
          target: exit.to,
          className: `${canvas.edge} ${look}`,
          animated: isLit,
          focusable: false,
          deletable: false,
          markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16, color: isLit ? "var(--lit)" : "var(--edge)" },
          zIndex: isLit ? 2 : 0,
        },
      ];
    }),
  );
  const exitOf = ({ source, sourceHandle }: { source: string; sourceHandle?: string | null }) =>
    byId.get(source)?.exits.find(({ id }) => id === sourceHandle);
  const wire = (connection: Connection) => {
    const exit = exitOf(connection);
    const to = byId.get(connection.target);
    if (exit !== undefined && to !== undefined) onWire(exit, to);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset["id"] : undefined;
    if ((event.key === "Enter" || event.key === " ") && id !== undefined && byId.has(id)) shown.onChoose(id, "");
  };
  return (
    <Shown value={shown}>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- nodes are buttons of the drawing library */}
      <div className={canvas.place} onKeyDown={onKeyDown}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={TYPES}
          colorMode={colors}
          fitView
          fitViewOptions={FIT}
          onInit={setDrawing}
          minZoom={0.15}
          maxZoom={1.6}
          deleteKeyCode={null}
          nodesFocusable
          onConnect={wire}
          isValidConnection={(connection) => exitOf({ source: connection.source, sourceHandle: connection.sourceHandle ?? null })?.wires !== undefined}
          onNodeClick={(_, node) => shown.onChoose(node.id, "")}
          onEdgeClick={(_, edge) => shown.onChoose(edge.source, edge.id)}
          onPaneClick={() => shown.onChoose("", "")}
          onNodesChange={(changes) => {
            const next = applyNodeChanges(changes.filter(({ type }) => type === "position"), nodes);
            const isMoved = changes.some(({ type }) => type === "position");
            if (isMoved) setMoved(new Map([...moved, ...changes.flatMap((change) => {
              const node = change.type === "position" ? next.find(({ id }) => id === change.id) : undefined;
              return node === undefined ? [] : [[node.id, node.position] as const];
            })]));
          }}
          ariaLabelConfig={{
            "controls.ariaLabel": t("flowEditor.controls"),
            "controls.zoomIn.ariaLabel": t("flowEditor.zoomIn"),
            "controls.zoomOut.ariaLabel": t("flowEditor.zoomOut"),
            "controls.fitView.ariaLabel": t("flowEditor.fit"),
            "minimap.ariaLabel": t("flowEditor.overview"),
            "node.a11yDescription.default": t("flowEditor.nodeHelp"),
          }}
        >
          <Background gap={20} />
          <Controls showInteractive={false} />
          <MiniMap pannable zoomable className={canvas.overview} nodeBorderRadius={20} />
        </ReactFlow>
      </div>
    </Shown>
  );
}

function Card({ data: { of: node } }: NodeProps<CardNode>) {
  const shown = use(Shown);
  if (shown === undefined) return null;
  const { findings, lit, language, chosen, onChoose } = shown;
  const isEnd = node.kind === "hang_up" || node.kind === "missing";
  const looks = [
    classes.card,
    node.isNested ? classes.nested : "",
    isEnd ? classes.end : "",
    chosen.node === node.id ? classes.chosen : "",
    lit.nodes.has(node.id) ? classes.lit : lit.nodes.size > 0 ? classes.dim : "",
  ];
  return (
    <div className={looks.join(" ")}>
      <Handle type="target" position={Position.Left} className={canvas.in} />
      <Head node={node} language={language} findings={findings} />
      {node.exits.map((exit) => (
        <ExitRow
          key={exit.id}
          exit={exit}
          findings={findings}
          isChosen={chosen.exit === exit.id}
          onChoose={() => onChoose(node.id, exit.id)}
        />
      ))}
    </div>
  );
}

type ExitRowProps = { exit: FlowExit; findings: readonly Finding[]; isChosen: boolean; onChoose: () => void };

function ExitRow({ exit, findings, isChosen, onChoose }: ExitRowProps) {
  const { t } = useTranslation();
  const wrong = findings.filter((finding) => finding.exit === exit.id);
  return (
    <div className={`${classes.exit} ${isChosen ? classes.exitChosen : ""}`}>
      <button
        type="button"
        className={`${classes.exitButton} nodrag`}
        onClick={(event) => {
          event.stopPropagation();
          onChoose();
        }}
      >
        <span className={classes.exitLabel}>{exit.label}</span>
        {exit.stays !== undefined && <span className={classes.stays}>{exit.stays}</span>}
        {wrong.map((finding) => (
          <span key={finding.kind + (finding.words ?? "")} className={finding.isWrong ? classes.bad : classes.warned} title={finding.words ?? t(`flowEditor.finding.${finding.kind}`)}>
            <Icon name="warning" size={14} />
            <span className="hidden">{finding.words ?? t(`flowEditor.finding.${finding.kind}`)}</span>
          </span>
        ))}
      </button>
      <Handle
        id={exit.id}
        type="source"
        position={Position.Right}
        className={`${canvas.out} ${exit.wires ? "" : canvas.fixed}`}
        isConnectable={exit.wires !== undefined}
      />
    </div>
  );
}

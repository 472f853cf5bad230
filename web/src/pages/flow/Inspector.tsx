import { Anchor, Button, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { Icon } from "../../ui/Icon";
import { GeneralEditor, HoursEditor, MenuEditor } from "./AttendantEditors";
import { ICONS } from "./Card";
import classes from "./Inspector.module.css";
import { ExitEditor } from "./ExitEditor";
import { QueueEditor } from "./QueueEditor";
import type { FlowDocument } from "./document";
import type { Finding } from "./findings";
import type { FlowNode, Graph } from "./graph";

type InspectorProps = {
  document: FlowDocument;
  graph: Graph;
  findings: readonly Finding[];
  chosen: { node: string; exit: string };
  mayWrite: boolean;
  onChange: (next: FlowDocument) => void;
  onChoose: (node: string, exit: string) => void;
};

/** What is chosen of a flow, to be changed. */
export function Inspector({ document, graph, findings, chosen, mayWrite, onChange, onChoose }: InspectorProps) {
  const { t } = useTranslation();
  const node = graph.nodes.find(({ id }) => id === chosen.node) ?? graph.nodes[0];
  if (node === undefined) return null;
  const exit = node.exits.find(({ id }) => id === chosen.exit);
  const own = findings.filter((finding) => finding.node === node.id && (exit === undefined || finding.exit === exit.id));
  return (
    <Stack gap="sm">
      <div className={classes.head}>
        <Icon name={ICONS[node.kind]} />
        <Title order={2} size="h5">
          {exit === undefined ? node.title : `${node.title}: ${exit.label}`}
        </Title>
      </div>
      {exit !== undefined && (
        <Anchor component="button" type="button" size="sm" ta="start" onClick={() => onChoose(node.id, "")}>
          {t("flowEditor.wholeNode", { name: node.title })}
        </Anchor>
      )}
      {own.map((finding) => (
        <Text key={finding.kind + (finding.exit ?? "") + (finding.words ?? "")} size="sm" className={finding.isWrong ? classes.bad : classes.warned}>
          <Icon name="warning" size={15} /> {finding.words ?? t(`flowEditor.finding.${finding.kind}`)}
        </Text>
      ))}
      <fieldset className="plain" disabled={!mayWrite}>
        {node.isNested ? (
          <Nested node={node} />
        ) : exit?.wires !== undefined ? (
          <ExitEditor
            // What is half chosen for one exit is nothing to another.
            key={exit.id}
            document={document}
            field={exit.field}
            onChange={onChange}
            onGone={() => onChoose(node.id, "")}
          />
        ) : (
          <NodeEditor
            node={node}
            document={document}
            onChange={onChange}
            onExit={(id) => onChoose(node.id, id)}
            onField={(field) => {
              const own = graph.nodes.find(({ isNested, exits }) => !isNested && exits.some((other) => other.field === field));
              const led = own?.exits.find((other) => other.field === field);
              if (own !== undefined && led !== undefined) onChoose(own.id, led.id);
            }}
          />
        )}
      </fieldset>
    </Stack>
  );
}

type NodeEditorProps = {
  node: FlowNode;
  document: FlowDocument;
  onChange: (next: FlowDocument) => void;
  onExit: (id: string) => void;
  /** Opens the exit of a field, whichever node has it. */
  onField: (field: string) => void;
};

function NodeEditor({ node, document, onChange, onExit, onField }: NodeEditorProps) {
  if (document.type === "call_queue") {
    const queue = node.kind === "start" || node.kind === "queue" || node.kind === "agents" || node.kind === "callback";
    return queue ? (
      <QueueEditor
        queue={document.settings}
        exits={node.exits}
        onChange={(settings) => onChange({ ...document, settings })}
        onExit={onExit}
        onField={onField}
      />
    ) : null;
  }
  const attendant = document.settings;
  const set = (settings: typeof attendant) => onChange({ ...document, settings });
  switch (node.kind) {
    case "start":
      return (
        <>
          <GeneralEditor attendant={attendant} onChange={set} />
          <HoursEditor attendant={attendant} onChange={set} />
        </>
      );
    case "hours":
      return <HoursEditor attendant={attendant} onChange={set} />;
    case "menu":
      return <MenuEditor key={node.field} attendant={attendant} field={node.field} exits={node.exits} onChange={set} onExit={onExit} />;
    case "operator":
    case "announcement":
    case "search":
      return <ExitEditor key={node.field} document={document} field={node.field} onChange={onChange} onGone={() => onExit("")} />;
    default:
      return null;
  }
}

/** What belongs to another page. */
function Nested({ node }: { node: FlowNode }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const words = node.kind === "hang_up" ? t("flowEditor.endsHere") : node.kind === "missing" ? t("flowEditor.finding.missing") : t("flowEditor.elsewhere");
  const to = node.app.type === "auto_attendant" ? paths.attendantFlow(tenant, node.app.id) : paths.queueFlow(tenant, node.app.id);
  const isApp = node.kind === "attendant" || node.kind === "queue";
  return (
    <>
      <Text size="sm">{words}</Text>
      {isApp && (
        <Button component={Link} to={to} variant="default" w="fit-content">
          {t("flowEditor.open", { name: node.title })}
        </Button>
      )}
    </>
  );
}

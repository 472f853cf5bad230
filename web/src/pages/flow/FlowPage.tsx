import { ActionIcon, Alert, Button, Group, Loader, SegmentedControl, Tabs, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useParams } from "@tanstack/react-router";
import { Suspense, lazy, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { App, Explanation } from "../../api/__generated__/schema";
import { hasStatus } from "../../api/problem";
import { keyOf } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Icon } from "../../ui/Icon";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { Loaded } from "../../ui/form/Loaded";
import classes from "./FlowPage.module.css";
import { Inspector } from "./Inspector";
import { ListView } from "./ListView";
import { PublishButton } from "./PublishButton";
import { TestsPanel } from "./TestsPanel";
import { TryPanel } from "./TryPanel";
import { VersionsPanel } from "./VersionsPanel";
import type { FlowDocument, World } from "./document";
import { findings as findingsOf } from "./findings";
import { type FlowExit, type FlowNode, graphOf } from "./graph";
import { NOTHING_LIT, litBy } from "./lit";
import { PANELS, type Panel, usePlace } from "./place";
import { type Kept, discardDraft, readKept } from "./source";
import { type Flow, outdateApp, useFlow, useWorld } from "./useFlow";
import { targetTo } from "./targets";
import { wired } from "./wire";

const Canvas = lazy(() => import("./Canvas"));

/** The page of an attendant's flow. */
export function AttendantFlow() {
  const { attendant = "" }: { attendant?: string } = useParams({ strict: false });
  return <FlowPage app={{ type: "auto_attendant", id: attendant }} />;
}

/** The page of a queue's flow. */
export function QueueFlow() {
  const { queue = "" }: { queue?: string } = useParams({ strict: false });
  return <FlowPage app={{ type: "call_queue", id: queue }} />;
}

function FlowPage({ app }: { app: App }) {
  const tenant = useTenant();
  return (
    <Loaded key={app.id} queryKey={keyOf(tenant, "flow", app.type, app.id)} load={() => readKept(tenant, app)}>
      {(kept, reload) => <Editor app={app} first={kept} reload={reload} />}
    </Loaded>
  );
}

type EditorProps = { app: App; first: Kept; reload: () => void };

function Editor({ app, first, reload }: EditorProps) {
  const tenant = useTenant();
  const may = useMay();
  const mayWrite = may(app.type === "auto_attendant" ? "auto_attendants.write" : "call_queues.write");
  const flow = useFlow(tenant, first, mayWrite);
  const world = useWorld(tenant, flow.document);
  const { t } = useTranslation();
  return (
    <Page
      title={flow.document.settings.name}
      actions={<Actions app={app} flow={flow} mayWrite={mayWrite} reload={reload} />}
    >
      {hasStatus(flow.error, 412) ? (
        <Alert color="orange" variant="outline" role="alert" title={t("form.staleTitle")}>
          <Text size="sm" mb="xs">
            {t("form.stale")}
          </Text>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                flow.forget();
                reload();
              }}
            >
              {t("form.takeTheirs")}
            </Button>
            <Button size="xs" onClick={flow.overwrite}>
              {t("form.keepMine")}
            </Button>
          </Group>
        </Alert>
      ) : (
        <ProblemNotice error={flow.error} />
      )}
      {world === undefined ? <Loader aria-label={t("loading")} /> : <Body app={app} flow={flow} world={world} mayWrite={mayWrite} reload={reload} />}
    </Page>
  );
}

function Actions({ app, flow, mayWrite, reload }: { app: App; flow: Flow; mayWrite: boolean; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { saving, kept } = flow;
  const isDraft = kept.isDraft || saving === "waiting" || saving === "saving";
  useHotkeys([["mod+Z", flow.undo]]);
  const done = () => {
    outdateApp(tenant, app);
    reload();
  };
  const words = !isDraft ? t("flowEditor.published") : saving === "waiting" || saving === "saving" ? t("flowEditor.saving") : t("flowEditor.draft", { count: kept.differences.length });
  return (
    <>
      <span role="status" className={classes.state}>
        <State is={saving === "failed" ? "bad" : isDraft ? "warned" : "fine"}>{saving === "failed" ? t("flowEditor.notSaved") : words}</State>
      </span>
      {mayWrite && (
        <>
          <ActionIcon variant="default" size="lg" aria-label={t("flowEditor.undo")} disabled={!flow.canUndo} onClick={flow.undo}>
            <Icon name="undo" />
          </ActionIcon>
          {kept.isDraft && (
            <Button variant="default" onClick={() => {
                flow.forget();
                void discardDraft(tenant, app).then(done);
              }}>
              {t("flowEditor.discard")}
            </Button>
          )}
          <PublishButton app={app} differences={kept.differences} isDisabled={!isDraft} settle={flow.settle} onPublished={done} />
        </>
      )}
    </>
  );
}

type BodyProps = { app: App; flow: Flow; world: World; mayWrite: boolean; reload: () => void };

function Body({ app, flow, world, mayWrite, reload }: BodyProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { place, show } = usePlace();
  const { document, change, kept } = flow;
  // What was tried holds for what was there then.
  const [shown, setShown] = useState<{ of: FlowDocument; steps: Explanation["steps"]; tried?: Explanation | undefined }>();
  const told = shown?.of === document ? shown : undefined;
  const graph = useMemo(() => graphOf(document, world, t), [document, world, t]);
  const findings = useMemo(() => findingsOf(graph, kept.problems), [graph, kept.problems]);
  const lit = useMemo(() => (told === undefined ? NOTHING_LIT : litBy(graph, told.steps)), [graph, told]);
  const side = useRef<HTMLElement>(null);
  const choose = (node: string, exit: string) => {
    show({ node, exit, ...(node === "" ? {} : { panel: "edit" }) });
    // Beside the list the panel is what somebody goes on with; on a telephone it is out of sight.
    if (node === "" || place.as !== "list") return;
    side.current?.focus({ preventScroll: true });
    side.current?.scrollIntoView({ block: "nearest" });
  };
  const wire = (exit: FlowExit, to: FlowNode) => {
    const target = targetTo(to, app);
    if (exit.wires === undefined) return;
    if (to.kind === "hang_up") change(wired(document, exit.field, { type: "disconnect" }));
    else if (to.kind === "operator") change(wired(document, exit.field, { type: "operator" }));
    else if (target !== undefined) change(wired(document, exit.field, { type: "target", target }));
  };
  const common = {
    graph,
    findings,
    lit,
    language: document.settings.language,
    chosen: { node: place.node, exit: place.exit },
    onChoose: choose,
  };
  const nWrong = findings.filter(({ isWrong }) => isWrong).length;
  const isDraft = kept.isDraft || flow.saving !== "same";
  const panels: Record<Panel, React.ReactNode> = {
    edit: (
      <Inspector document={document} graph={graph} findings={findings} chosen={common.chosen} mayWrite={mayWrite} onChange={change} onChoose={choose} />
    ),
    try: (
      <TryPanel
        document={document}
        graph={graph}
        isDraft={isDraft}
        mayWrite={mayWrite}
        settle={flow.settle}
        told={told?.tried}
        onTold={(tried) => setShown(tried && { of: document, steps: tried.steps, tried })}
        onChoose={(node, exit) => show({ node, exit })}
      />
    ),
    tests: <TestsPanel app={app} isDraft={isDraft} mayWrite={mayWrite} settle={flow.settle} onSteps={({ steps }) => setShown({ of: document, steps })} />,
    versions: (
      <VersionsPanel
        app={app}
        mayWrite={mayWrite}
        document={document}
        names={world.names}
        onReverted={() => {
          flow.forget();
          outdateApp(tenant, app);
          void discardDraft(tenant, app).catch(() => undefined).then(reload);
        }}
      />
    ),
  };
  return (
    <>
      <div className={classes.bar}>
        <SegmentedControl
          aria-label={t("flowEditor.as")}
          value={place.as}
          onChange={(as) => show({ as: as === "list" ? "list" : "canvas" })}
          data={[
            { value: "canvas", label: t("flowEditor.asCanvas") },
            { value: "list", label: t("flowEditor.asList") },
          ]}
        />
        <State is={nWrong > 0 ? "bad" : "fine"}>{nWrong > 0 ? t("flowEditor.wrong", { count: nWrong }) : t("flowEditor.allWired")}</State>
      </div>
      <div className={classes.body}>
        <div className={classes.drawing}>
          {place.as === "list" ? (
            <ListView {...common} />
          ) : (
            <Suspense fallback={<Loader aria-label={t("loading")} />}>
              <Canvas {...common} mayWrite={mayWrite} onWire={wire} />
            </Suspense>
          )}
        </div>
        <aside ref={side} tabIndex={-1} className={classes.side} aria-label={t(`flowEditor.panel.${place.panel}`)}>
          <Tabs value={place.panel} onChange={(value) => show({ panel: PANELS.find((panel) => panel === value) ?? "edit" })}>
            <Tabs.List>
              {PANELS.map((panel) => (
                <Tabs.Tab key={panel} value={panel}>
                  {t(`flowEditor.panel.${panel}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {PANELS.map((panel) => (
              <Tabs.Panel key={panel} value={panel} pt="sm">
                {panels[panel]}
              </Tabs.Panel>
            ))}
          </Tabs>
        </aside>
      </div>
    </>
  );
}

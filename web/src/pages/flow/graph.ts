import type { TFunction } from "i18next";
import type { App, AutoAttendant, CallFlow, CallQueue, Exception, MenuOption, Prompt, Target } from "../../api/__generated__/schema";
import { type FlowDocument, type World, keyOfTarget } from "./document";

/** What stands on the canvas. */
export type NodeKind =
  | "start"
  | "hours"
  | "menu"
  | "announcement"
  | "search"
  | "operator"
  | "attendant"
  | "queue"
  | "agents"
  | "callback"
  | "person"
  | "voicemail"
  | "mailbox"
  | "external"
  | "hang_up"
  | "missing";

/** One way out of a node. */
export type FlowExit = {
  /** Unique in the graph. */
  id: string;
  label: string;
  /** The node where it leads, if it leads anywhere. */
  to: string | undefined;
  /** The setting behind it, as the API names it; empty where nothing decides it. */
  field: string;
  /** Nobody chooses it: a call goes out here by itself. */
  isAutomatic: boolean;
  /** Said in place of a place, where a call stays. */
  stays?: string;
  /** What it may be wired to; nothing where it follows from something else. */
  wires?: "target" | "exit";
};

export type FlowNode = {
  id: string;
  kind: NodeKind;
  title: string;
  lines: readonly string[];
  prompts: readonly Prompt[];
  exits: readonly FlowExit[];
  /** The attendant or queue that it is a part of. */
  app: App;
  /** Where in its settings; fields of problems begin so. */
  field: string;
  /** It belongs to another flow, which has a page of its own. */
  isNested: boolean;
};

export type Graph = { nodes: readonly FlowNode[]; start: string };

/** Attendants and queues of a chain that are drawn; a chain of more is told by its last. */
const APPS_MAX = 30;

/** All that a call can come to from one attendant or queue, each exit drawn. */
export function graphOf(document: FlowDocument, world: World, t: TFunction): Graph {
  const drawing = new Drawing(world, t, document);
  return { nodes: drawing.draw(), start: "start" };
}

class Drawing {
  readonly #nodes = new Map<string, FlowNode>();
  readonly #root: App;

  constructor(
    private readonly world: World,
    private readonly t: TFunction,
    private readonly document: FlowDocument,
  ) {
    this.#root = { type: document.type, id: document.settings.id ?? "" };
  }

  draw(): FlowNode[] {
    const { document, t } = this;
    const accounts = this.world.accounts.filter(({ app }) => app?.type === this.#root.type && app.id === this.#root.id);
    const numbers = accounts.flatMap((account) => account.numbers);
    const first = document.type === "auto_attendant" ? this.#attendant(document.settings) : this.#queue(document.settings, false);
    this.#add({
      id: "start",
      kind: "start",
      title: document.settings.name,
      lines: numbers.length > 0 ? numbers : [t("flowEditor.noNumber")],
      prompts: [],
      app: this.#root,
      field: "",
      isNested: false,
      exits: [{ id: "start.in", label: t("flowEditor.calls"), to: first, field: "", isAutomatic: true }],
    });
    return this.#inOrder();
  }

  /** All nodes as calls come to them; those that no call comes to at the end. */
  #inOrder(): FlowNode[] {
    const ordered = new Set<FlowNode>();
    const open = ["start"];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      const node = this.#nodes.get(id);
      if (node === undefined || ordered.has(node)) continue;
      ordered.add(node);
      open.push(...node.exits.flatMap(({ to }) => to ?? []));
    }
    return [...ordered, ...[...this.#nodes.values()].filter((node) => !ordered.has(node))];
  }

  #add(node: FlowNode): string {
    this.#nodes.set(node.id, node);
    return node.id;
  }

  /** The attendant that is edited, part by part. Returns where a call comes in. */
  #attendant(attendant: AutoAttendant): string {
    const { t } = this;
    const associations = attendant.associations ?? [];
    const usual = this.#flow(attendant, attendant.default_flow, "default_flow", t("flowEditor.usualHours"));
    if (associations.length === 0) return usual;
    const exits = associations.map((association, place): FlowExit => {
      const field = `associations[${place}]`;
      const title = t(`flowEditor.association.${association.type}`);
      const schedule = this.world.names.get(association.schedule) ?? t("flowEditor.gone");
      return {
        id: `hours.${place}`,
        label: association.enabled ? `${title}: ${schedule}` : `${title}: ${schedule} (${t("flowEditor.off")})`,
        to: this.#flow(attendant, association.flow, `${field}.flow`, title),
        field,
        isAutomatic: true,
        ...(association.enabled ? {} : { stays: t("flowEditor.off") }),
      };
    });
    return this.#add({
      id: "hours",
      kind: "hours",
      title: t("flowEditor.hours"),
      lines: [attendant.time_zone],
      prompts: [],
      app: this.#root,
      field: "associations",
      isNested: false,
      exits: [...exits, { id: "hours.usual", label: t("flowEditor.otherwise"), to: usual, field: "default_flow", isAutomatic: true }],
    });
  }

  /** What one flow of the attendant does. */
  #flow(attendant: AutoAttendant, flow: CallFlow, field: string, title: string): string {
    const { t } = this;
    const { options } = flow.menu;
    const goesOn = options.some(({ key }) => key === "automatic");
    const exits = options.map((option, place) => this.#option(attendant, option, `${field}.menu.options[${place}]`));
    if ((flow.menu.directory_search ?? "none") !== "none") {
      exits.push({
        id: `${field}.search`,
        label: t("flowEditor.namesToo"),
        to: this.#search(attendant, `${field}.menu.directory_search`),
        field: `${field}.menu.directory_search`,
        isAutomatic: false,
      });
    }
    if (!goesOn) exits.push(this.#silence(attendant, field));
    return this.#add({
      id: field,
      kind: "menu",
      title: flow.name === "" ? title : `${title}: ${flow.name}`,
      lines: [],
      prompts: [flow.greeting, flow.menu.prompt].filter((prompt) => prompt != null),
      app: this.#root,
      field,
      isNested: false,
      exits,
    });
  }

  #option(attendant: AutoAttendant, { key, action }: MenuOption, field: string): FlowExit {
    const { t } = this;
    const isAutomatic = key === "automatic";
    const label = isAutomatic ? t("flowEditor.goesOn") : t("attendants.key", { key });
    const exit = { id: field, label, field, isAutomatic, wires: "target" } as const;
    switch (action.type) {
      case "transfer":
        return { ...exit, to: this.#target(action.target, field) };
      case "operator":
        return { ...exit, to: attendant.operator ? this.#operator(attendant) : undefined };
      case "search_directory":
        return { ...exit, to: this.#search(attendant, field) };
      case "announcement":
        return {
          ...exit,
          to: this.#add({
            id: `${field}.says`,
            kind: "announcement",
            title: t("flowEditor.announcement"),
            lines: [t("flowEditor.thenMenu")],
            prompts: [action.prompt],
            app: this.#root,
            field,
            isNested: false,
            exits: [],
          }),
        };
      case "disconnect":
        return { ...exit, to: this.#hangUp(field) };
    }
  }

  /** What becomes of who chooses nothing: the operator, or the end of the call. */
  #silence(attendant: AutoAttendant, field: string): FlowExit {
    const { t } = this;
    return {
      id: `${field}.silence`,
      label: t("flowEditor.silence"),
      to: attendant.operator ? this.#operator(attendant) : this.#hangUp(`${field}.silence`),
      field: "wait_seconds",
      isAutomatic: true,
    };
  }

  #search(attendant: AutoAttendant, field: string): string {
    const { t } = this;
    return this.#add({
      id: `${field}.search`,
      kind: "search",
      title: t("flowEditor.search"),
      lines: [t("flowEditor.callsFound")],
      prompts: [],
      app: this.#root,
      field,
      isNested: false,
      exits: [
        {
          id: `${field}.search.nobody`,
          label: t("flowEditor.nobodyFound"),
          to: attendant.operator ? this.#operator(attendant) : this.#hangUp(`${field}.search`),
          field: "wait_seconds",
          isAutomatic: true,
        },
      ],
    });
  }

  #operator(attendant: AutoAttendant): string {
    const { t } = this;
    const id = "operator";
    if (!this.#nodes.has(id) && attendant.operator) {
      const to = this.#target(attendant.operator, "operator");
      const exits: FlowExit[] = [{ id, label: t("flowEditor.calls"), to, field: "operator", isAutomatic: true, wires: "target" }];
      this.#add({ id, kind: "operator", title: t("attendants.operator"), lines: [], prompts: [], app: this.#root, field: "operator", isNested: false, exits });
    }
    return id;
  }

  #hangUp(at: string): string {
    const { t } = this;
    return this.#add({
      id: `${at}.ends`,
      kind: "hang_up",
      title: t("exit.disconnect"),
      lines: [],
      prompts: [],
      app: this.#root,
      field: at,
      isNested: true,
      exits: [],
    });
  }

  /** A queue, whether it is edited or only led to. */
  #queue(queue: CallQueue, isNested: boolean): string {
    const { t } = this;
    const app: App = { type: "call_queue", id: queue.id ?? "" };
    const id = isNested ? `call_queue:${app.id}` : "queue";
    if (this.#nodes.has(id)) return id;
    const node: FlowNode = {
      id,
      kind: "queue",
      title: queue.name,
      lines: [t(`queues.routings.${queue.routing ?? "attendant"}`)],
      prompts: [queue.greeting, queue.music].filter((prompt) => prompt != null),
      app,
      field: "",
      isNested,
      exits: [],
    };
    // A queue may lead to itself: it is there before its exits are.
    this.#add(node);
    const exception = (name: string, label: string, { action }: Pick<Exception, "action">): FlowExit => ({
      id: `${id}.${name}`,
      label,
      to: action.type === "disconnect" ? this.#hangUp(`${id}.${name}`) : this.#target(action.target, `${id}.${name}`),
      field: `${name}.action`,
      isAutomatic: true,
      wires: "exit",
    });
    const HANG_UP: Exception = { action: { type: "disconnect" } };
    const noAgent = queue.no_agent?.action;
    // Whether it is open is asked before anything else.
    const closed = (queue.hours?.closures ?? []).map(({ type, schedule, enabled = true, exception: then }, place): FlowExit => {
      const label = `${t(`flowEditor.association.${type}`)}: ${this.world.names.get(schedule) ?? t("flowEditor.gone")}`;
      const exit = { ...exception(`hours.closures[${place}]`, enabled ? label : `${label} (${t("flowEditor.off")})`, then), field: `hours.closures[${place}].exception.action` };
      return enabled ? exit : { ...exit, stays: t("flowEditor.off") };
    });
    const exits: FlowExit[] = [
      ...closed,
      { id: `${id}.agents`, label: t("flowEditor.answered"), to: this.#agents(queue, id, isNested), field: "routing", isAutomatic: false },
      exception("overflow", t("flowEditor.overflow", { count: queue.overflow_threshold ?? 50 }), queue.overflow ?? HANG_UP),
      exception("timeout", t("flowEditor.timeout", { seconds: queue.timeout_seconds ?? 1200 }), queue.timeout ?? HANG_UP),
      noAgent
        ? { ...exception("no_agent", t("flowEditor.noAgent"), noAgent), field: "no_agent.action" }
        : { id: `${id}.no_agent`, label: t("flowEditor.noAgent"), to: undefined, field: "no_agent.action", isAutomatic: true, stays: t("flowEditor.waitsOn"), wires: "exit" },
    ];
    if (queue.no_free_agent) {
      const label = t("flowEditor.noFreeAgent", { seconds: queue.no_free_agent.after_seconds });
      exits.push({ ...exception("no_free_agent", label, queue.no_free_agent.exception), field: "no_free_agent.exception.action" });
    }
    if (queue.callback) {
      const to = this.#add({ ...node, id: `${id}.callback`, kind: "callback", title: t("flowEditor.callback"), lines: [], prompts: [queue.callback.offer], field: "callback", isNested });
      exits.push({ id: `${id}.call_back`, label: t("attendants.key", { key: queue.callback.key }), to, field: "callback", isAutomatic: false });
    }
    this.#nodes.set(id, { ...node, exits });
    return id;
  }

  #agents(queue: CallQueue, id: string, isNested: boolean): string | undefined {
    const { t } = this;
    const { agents = [], groups = [] } = queue;
    if (agents.length + groups.length === 0) return undefined;
    const people = agents.map((agent) => this.world.names.get(agent) ?? t("flowEditor.gone"));
    return this.#add({
      id: `${id}.people`,
      kind: "agents",
      title: t("flowEditor.agents", { count: agents.length }),
      lines: shortened([...people, ...groups.map((group) => this.world.names.get(group) ?? t("flowEditor.gone"))]),
      prompts: [],
      app: { type: "call_queue", id: queue.id ?? "" },
      field: "agents",
      isNested,
      exits: [],
    });
  }

  /** An attendant that is led to, as one node with all that leads out of it. */
  #nested(attendant: AutoAttendant): string {
    const { t } = this;
    const app: App = { type: "auto_attendant", id: attendant.id ?? "" };
    const id = `auto_attendant:${app.id}`;
    if (this.#nodes.has(id)) return id;
    const node: FlowNode = {
      id,
      kind: "attendant",
      title: attendant.name,
      lines: (attendant.associations ?? []).map(({ type }) => t(`flowEditor.association.${type}`)),
      prompts: [attendant.default_flow.greeting, attendant.default_flow.menu.prompt].filter((prompt) => prompt != null),
      app,
      field: "",
      isNested: true,
      exits: [],
    };
    this.#add(node);
    const flows = [
      { flow: attendant.default_flow, field: "default_flow" },
      ...(attendant.associations ?? []).map(({ flow }, place) => ({ flow, field: `associations[${place}].flow` })),
    ];
    const exits = flows.flatMap(({ flow, field }) =>
      flow.menu.options.flatMap(({ key, action }, place): FlowExit[] => {
        const at = `${field}.menu.options[${place}]`;
        const label = key === "automatic" ? t("flowEditor.goesOn") : t("attendants.key", { key });
        const exit = { id: `${id}.${at}`, label, field: at, isAutomatic: key === "automatic" };
        if (action.type === "transfer") return [{ ...exit, to: this.#target(action.target, `${id}.${at}`) }];
        if (action.type === "operator" && attendant.operator) return [{ ...exit, to: this.#target(attendant.operator, `${id}.${at}`) }];
        return [{ ...exit, to: undefined, stays: t(`attendants.actions.${action.type}`) }];
      }),
    );
    this.#nodes.set(id, { ...node, exits });
    return id;
  }

  /** The node of whatever a call is sent on to. */
  #target(target: Target, from: string): string {
    const id = keyOfTarget(target);
    const name = target.type === "external" ? target.number : this.world.names.get(target.id);
    const end = (kind: NodeKind, title: string): string =>
      this.#add({ id, kind, title, lines: [this.t(`target.${target.type}`)], prompts: [], app: this.#root, field: "", isNested: true, exits: [] });
    const missing = (): string => this.#missing(from);
    switch (target.type) {
      case "external":
        return target.number === "" ? missing() : end("external", target.number);
      case "user":
        return name === undefined ? missing() : end("person", name);
      case "voicemail":
        return name === undefined ? missing() : end("voicemail", name);
      case "shared_mailbox":
        return name === undefined ? missing() : end("mailbox", name);
      case "resource_account": {
        const account = this.world.accounts.find((known) => known.id === target.id);
        return account?.app ? this.#app(account.app, from) : missing();
      }
      case "auto_attendant":
      case "call_queue":
        return this.#app({ type: target.type, id: target.id }, from);
    }
  }

  #app(app: App, from: string): string {
    // What is edited is on the canvas already: a way back is drawn to where calls come in.
    if (app.type === this.#root.type && app.id === this.#root.id) return "start";
    if (this.#nodes.size > APPS_MAX * 10) return this.#missing(from);
    if (app.type === "auto_attendant") {
      const attendant = this.world.attendants.find(({ id }) => id === app.id);
      return attendant === undefined ? this.#missing(from) : this.#nested(attendant);
    }
    const queue = this.world.queues.find(({ id }) => id === app.id);
    return queue === undefined ? this.#missing(from) : this.#queue(queue, true);
  }

  #missing(from: string): string {
    const { t } = this;
    return this.#add({ id: `${from}.missing`, kind: "missing", title: t("flowEditor.missing"), lines: [], prompts: [], app: this.#root, field: from, isNested: true, exits: [] });
  }
}

const NAMES_MAX = 4;

function shortened(names: readonly string[]): string[] {
  return names.length <= NAMES_MAX ? [...names] : [...names.slice(0, NAMES_MAX - 1), `+ ${names.length - NAMES_MAX + 1}`];
}

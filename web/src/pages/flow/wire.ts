import type { Action, Association, AutoAttendant, CallFlow, CallQueue, Exit, Target } from "../../api/__generated__/schema";
import type { FlowDocument } from "./document";

/** Where an exit is to lead. */
export type Wiring = { type: "target"; target: Target } | { type: "disconnect" } | { type: "operator" } | { type: "wait" };

/** The document with one of its exits led elsewhere; the same if the field is none that can be. */
export function wired(document: FlowDocument, field: string, wiring: Wiring): FlowDocument {
  return document.type === "auto_attendant"
    ? { ...document, settings: wiredAttendant(document.settings, field, wiring) }
    : { ...document, settings: wiredQueue(document.settings, field, wiring) };
}

function wiredAttendant(attendant: AutoAttendant, field: string, wiring: Wiring): AutoAttendant {
  if (field === "operator") return wiring.type === "target" ? { ...attendant, operator: wiring.target } : attendant;
  const found = /^(.*)\.menu\.options\[(\d+)\]$/.exec(field);
  const action = actionOf(wiring);
  if (found === null || action === undefined) return attendant;
  const [, flow = "", place = ""] = found;
  return changedFlow(attendant, flow, (before) => ({
    ...before,
    menu: {
      ...before.menu,
      options: before.menu.options.map((option, at) => (at === Number(place) ? { ...option, action } : option)),
    },
  }));
}

/** The attendant with one of its flows changed. */
export function changedFlow(attendant: AutoAttendant, field: string, change: (flow: CallFlow) => CallFlow): AutoAttendant {
  if (field === "default_flow") return { ...attendant, default_flow: change(attendant.default_flow) };
  const place = /^associations\[(\d+)\]\.flow$/.exec(field)?.[1];
  const associations = (attendant.associations ?? []).map(
    (association, at): Association => (String(at) === place ? { ...association, flow: change(association.flow) } : association),
  );
  return { ...attendant, associations };
}

/** The flow of an attendant that a field names. */
export function flowAt(attendant: AutoAttendant, field: string): CallFlow | undefined {
  if (field === "default_flow") return attendant.default_flow;
  const place = /^associations\[(\d+)\]\.flow$/.exec(field)?.[1];
  return place === undefined ? undefined : attendant.associations?.[Number(place)]?.flow;
}

function actionOf(wiring: Wiring): Action | undefined {
  switch (wiring.type) {
    case "target":
      return { type: "transfer", target: wiring.target };
    case "disconnect":
    case "operator":
      return { type: wiring.type };
    case "wait":
      return undefined;
  }
}

function wiredQueue(queue: CallQueue, field: string, wiring: Wiring): CallQueue {
  const action: Exit | undefined =
    wiring.type === "target" ? { type: "forward", target: wiring.target } : wiring.type === "disconnect" ? { type: "disconnect" } : undefined;
  switch (field) {
    case "overflow.action":
      return action === undefined ? queue : { ...queue, overflow: { ...queue.overflow, action } };
    case "timeout.action":
      return action === undefined ? queue : { ...queue, timeout: { ...queue.timeout, action } };
    case "no_agent.action": {
      const before = queue.no_agent ?? { apply_to: "all_calls" };
      if (wiring.type === "wait") return { ...queue, no_agent: { ...before, action: null } };
      return action === undefined ? queue : { ...queue, no_agent: { ...before, action: { ...before.action, action } } };
    }
    case "no_free_agent.exception.action": {
      const before = queue.no_free_agent;
      if (action === undefined || before == null) return queue;
      return { ...queue, no_free_agent: { ...before, exception: { ...before.exception, action } } };
    }
    default:
      return queue;
  }
}

/** How an exit is wired now. */
export function wiringOf(document: FlowDocument, field: string): Wiring | undefined {
  if (document.type === "call_queue") return wiringOfQueue(document.settings, field);
  const attendant = document.settings;
  if (field === "operator") return attendant.operator ? { type: "target", target: attendant.operator } : undefined;
  const found = /^(.*)\.menu\.options\[(\d+)\]$/.exec(field);
  const action = found && flowAt(attendant, found[1] ?? "")?.menu.options[Number(found[2])]?.action;
  if (action?.type === "transfer") return { type: "target", target: action.target };
  return action?.type === "disconnect" || action?.type === "operator" ? { type: action.type } : undefined;
}

function wiringOfQueue(queue: CallQueue, field: string): Wiring | undefined {
  const of = (action: Exit | undefined): Wiring =>
    action?.type === "forward" ? { type: "target", target: action.target } : { type: "disconnect" };
  switch (field) {
    case "overflow.action":
      return of(queue.overflow?.action);
    case "timeout.action":
      return of(queue.timeout?.action);
    case "no_agent.action":
      return queue.no_agent?.action ? of(queue.no_agent.action.action) : { type: "wait" };
    case "no_free_agent.exception.action":
      return of(queue.no_free_agent?.exception.action);
    default:
      return undefined;
  }
}

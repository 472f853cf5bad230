import type { Action, Association, AutoAttendant, CallFlow, CallQueue, Exception, Exit, Target } from "../../api/__generated__/schema";
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
  if (wiring.type === "wait") return field === "no_agent.action" ? { ...queue, no_agent: { ...ALL_CALLS, ...queue.no_agent, action: null } } : queue;
  const action: Exit | undefined =
    wiring.type === "target" ? { type: "forward", target: wiring.target } : wiring.type === "disconnect" ? { type: "disconnect" } : undefined;
  if (action === undefined) return queue;
  return withException(queue, field, { ...exceptionAt(queue, field), action });
}

const HANG_UP: Exception = { action: { type: "disconnect" } };
const ALL_CALLS = { apply_to: "all_calls" } as const;

/** What becomes of a caller who leaves a queue at one of its exits; nothing where nobody leaves it there. */
export function exceptionAt(queue: CallQueue, field: string): Exception | undefined {
  switch (field) {
    case "overflow.action":
      return queue.overflow ?? HANG_UP;
    case "timeout.action":
      return queue.timeout ?? HANG_UP;
    case "no_agent.action":
      return queue.no_agent?.action ?? undefined;
    case "no_free_agent.exception.action":
      return queue.no_free_agent?.exception;
    default:
      return queue.hours?.closures?.[closureOf(field) ?? -1]?.exception;
  }
}

/** The queue with something else at one of its exits; the same if it has no such exit. */
export function withException(queue: CallQueue, field: string, exception: Exception): CallQueue {
  switch (field) {
    case "overflow.action":
      return { ...queue, overflow: exception };
    case "timeout.action":
      return { ...queue, timeout: exception };
    case "no_agent.action":
      return { ...queue, no_agent: { ...ALL_CALLS, ...queue.no_agent, action: exception } };
    case "no_free_agent.exception.action":
      return queue.no_free_agent == null ? queue : { ...queue, no_free_agent: { ...queue.no_free_agent, exception } };
    default: {
      const place = closureOf(field);
      const closures = queue.hours?.closures ?? [];
      if (place === undefined || closures[place] === undefined) return queue;
      return { ...queue, hours: { ...queue.hours, closures: closures.map((closure, at) => (at === place ? { ...closure, exception } : closure)) } };
    }
  }
}

/** Which of the times when a queue is closed an exit belongs to. */
function closureOf(field: string): number | undefined {
  const place = /^hours\.closures\[(\d+)\]\.exception\.action$/.exec(field)?.[1];
  return place === undefined ? undefined : Number(place);
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
  const exception = exceptionAt(queue, field);
  if (exception === undefined) return field === "no_agent.action" ? { type: "wait" } : undefined;
  return exception.action.type === "forward" ? { type: "target", target: exception.action.target } : { type: "disconnect" };
}

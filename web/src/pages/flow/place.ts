import { useNavigate, useSearch } from "@tanstack/react-router";

export const PANELS = ["edit", "try", "tests", "versions"] as const;
export type Panel = (typeof PANELS)[number];

/** What of a flow is shown, all of which is in the address. */
export type FlowPlace = {
  /** The same as a drawing or as a list. */
  as: "canvas" | "list";
  panel: Panel;
  /** The node or exit that is being edited. */
  node: string;
  exit: string;
};

/** What is shown, and how to show something else. */
export function usePlace(): { place: FlowPlace; show: (change: Partial<FlowPlace>) => void } {
  const search: Partial<Record<string, string>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const isNarrow = window.matchMedia("(max-width: 52rem)").matches;
  const as = search["as"] ?? (isNarrow ? "list" : "canvas");
  const place: FlowPlace = {
    as: as === "list" ? "list" : "canvas",
    panel: PANELS.find((panel) => panel === search["panel"]) ?? "edit",
    node: search["node"] ?? "",
    exit: search["exit"] ?? "",
  };
  return {
    place,
    show: (change) => void navigate({ to: ".", search: { ...search, ...change }, replace: true }),
  };
}

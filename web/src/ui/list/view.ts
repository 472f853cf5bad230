import { useNavigate, useSearch } from "@tanstack/react-router";

/** What a list shows, all of which is in the address: whoever opens it sees the same. */
export type View = {
  /** Free text. */
  q: string;
  /** A field of the API or a column of the page, with `-` before it for descending. */
  sort: string;
  /** Ids of the columns; empty for those that are shown without a choice. */
  columns: readonly string[];
  /** The row whose panel is open. */
  open: string;
  filters: Partial<Record<string, string>>;
};

type Search = Partial<Record<string, string>>;

const PREFIX = "f.";

export function viewOf(search: Search): View {
  const filters: View["filters"] = {};
  for (const [key, value] of Object.entries(search)) {
    if (key.startsWith(PREFIX) && value) filters[key.slice(PREFIX.length)] = value;
  }
  return {
    q: search["q"] ?? "",
    sort: search["sort"] ?? "",
    columns: (search["columns"] ?? "").split(",").filter(Boolean),
    open: search["open"] ?? "",
    filters,
  };
}

export function searchOf(view: View): Search {
  const search: Search = { q: view.q, sort: view.sort, columns: view.columns.join(","), open: view.open };
  for (const [key, value] of Object.entries(view.filters)) search[PREFIX + key] = value;
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value));
}

/** What else stands in an address, such as the time that a report is about. */
export function besides(search: Search): Search {
  const ofView = (key: string) => ["q", "sort", "columns", "open"].includes(key) || key.startsWith(PREFIX);
  return Object.fromEntries(Object.entries(search).filter(([key]) => !ofView(key)));
}

/** The same, as it stands in an address behind `?`. */
export function queryOf(search: Search): string {
  return new URLSearchParams(Object.entries(search).map(([key, value = ""]) => [key, value])).toString();
}

/** The view in the address, and how to change it. */
export function useView(): { view: View; show: (change: Partial<View>) => void; searchWith: (change: Partial<View>) => Search } {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = viewOf(search);
  const searchWith = (change: Partial<View>) => ({ ...besides(search), ...searchOf({ ...view, ...change }) });
  return {
    view,
    searchWith,
    show: (change) => void navigate({ to: ".", search: searchWith(change), replace: !("open" in change) }),
  };
}

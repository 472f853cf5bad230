/** A setting that is not the same in two versions. */
export type Differing = { path: string; before: string; after: string };

/** What differs between two versions, setting by setting. What both have alike is left out; what one lacks is empty there. */
export function compare(before: unknown, after: unknown, nameOf: (id: string) => string | undefined = () => undefined): Differing[] {
  const old = leaves(before, "", new Map());
  const now = leaves(after, "", new Map());
  const shown = (value: string | undefined) => (value === undefined ? "" : (nameOf(value) ?? value));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: shown(old.get(path)), after: shown(now.get(path)) }));
}

function leaves(value: unknown, path: string, found: Map<string, string>): Map<string, string> {
  // What is not said and what is said to be nothing is the same.
  if (value === null || value === undefined) return found;
  if (Array.isArray(value)) {
    for (const [place, part] of value.entries()) leaves(part, `${path}[${place + 1}]`, found);
  } else if (typeof value === "object") {
    for (const [name, part] of Object.entries(value)) leaves(part, path === "" ? name : `${path}.${name}`, found);
  } else found.set(path, String(value));
  return found;
}

/** A field that is not what it was. */
export type Difference = { field: string; before: string | undefined; after: string | undefined };

/** What differs between an object before and after, field by field. */
export function differences(before: unknown, after: unknown): Difference[] {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  const fields = new Set([...old.keys(), ...now.keys()]);
  return [...fields].flatMap((field) => {
    const [was, is] = [old.get(field), now.get(field)];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}

function fieldsOf(value: unknown): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(Object.entries(value).map(([field, part]) => [field, shown(part)]));
}

function shown(part: unknown): string {
  return typeof part === "string" ? part : (JSON.stringify(part, null, 1) ?? "");
}

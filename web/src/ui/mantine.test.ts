import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const source = new URL("..", import.meta.url).pathname;
const sheets = new URL("../../node_modules/@mantine/core/styles", import.meta.url).pathname;

test("each part of Mantine that is used has its styles, in the order of Mantine's own sheet", () => {
  const everywhere = partsOf("ui/mantine.css");
  const imported = [...everywhere, ...partsOf("ui/mantineMore.css")];
  const used = usedIn("");
  const styled = new Set(readdirSync(sheets).map((name) => name.replace(/(\.layer)?\.css$/, "")));
  expect([...used].filter((name) => styled.has(name) && !imported.includes(name))).toEqual([]);

  // Each sheet is in that order; the second comes after the first.
  const whole = readFileSync(join(sheets, "../styles.css"), "utf8");
  for (const sheet of [everywhere, partsOf("ui/mantineMore.css")]) {
    const places = sheet.map((name) => whole.indexOf(readFileSync(join(sheets, `${name}.css`), "utf8").trim().slice(0, 120)));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  }
});

test("what is shown without the admin center has its styles at once", () => {
  const everywhere = partsOf("ui/mantine.css");
  // What these open later brings the other styles along.
  const atOnce = ["phone", "session", "shell/Preferences.tsx", "shell/NotShown.tsx", "shell/NoTenant.tsx", "shell/ServerAway.tsx", "ui/ProblemNotice.tsx"];
  const later = partsOf("ui/mantineMore.css");
  expect(atOnce.flatMap((path) => [...usedIn(path)].filter((name) => later.includes(name) && !everywhere.includes(name)))).toEqual([]);
});

function partsOf(sheet: string): string[] {
  return [...readFileSync(join(source, sheet), "utf8").matchAll(/styles\/([\w-]+)\.css/g)].map((found) => found[1] ?? "");
}

/** The parts of Mantine that a file uses, or the files of a folder. */
function usedIn(path: string): Set<string> {
  const place = join(source, path);
  const names = path.endsWith(".tsx") ? [place] : readdirSync(place, { recursive: true, encoding: "utf8" }).map((name) => join(place, name));
  const used = new Set<string>();
  for (const name of names.filter((one) => one.endsWith(".tsx"))) {
    for (const [, imports = ""] of readFileSync(name, "utf8").matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)) {
      for (const one of imports.split(",")) used.add(one.replace(/^\s*type\s+/, "").replace(/ as .*/, "").trim());
    }
  }
  return used;
}

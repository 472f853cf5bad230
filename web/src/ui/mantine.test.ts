import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const source = new URL("..", import.meta.url).pathname;
const sheets = new URL("../../node_modules/@mantine/core/styles", import.meta.url).pathname;

test("each part of Mantine that is used has its styles, in the order of Mantine's own sheet", () => {
  const imported = [...readFileSync(join(source, "ui/mantine.css"), "utf8").matchAll(/styles\/([\w-]+)\.css/g)].map((found) => found[1] ?? "");
  const used = new Set<string>();
  for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".tsx")) continue;
    const text = readFileSync(join(source, name), "utf8");
    for (const [, names = ""] of text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)) {
      for (const one of names.split(",")) used.add(one.replace(/^\s*type\s+/, "").replace(/ as .*/, "").trim());
    }
  }
  const styled = new Set(readdirSync(sheets).map((name) => name.replace(/(\.layer)?\.css$/, "")));
  expect([...used].filter((name) => styled.has(name) && !imported.includes(name))).toEqual([]);

  const whole = readFileSync(join(sheets, "../styles.css"), "utf8");
  const places = imported.map((name) => whole.indexOf(readFileSync(join(sheets, `${name}.css`), "utf8").trim().slice(0, 120)));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
});

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import de from "./de.json";
import en from "./en.json";
import deOutside from "./outside/de.json";
import enOutside from "./outside/en.json";
import { chosen } from "./start";

type Messages = { [key: string]: string | Messages };

function flat(messages: Messages, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [name, text] of flat(value, `${before}${key}.`)) found.set(name, text);
  }
  return found;
}

/** The sources of some files and of all that they import, at once or later; the router names all pages, and is not followed. */
function sourcesFrom(roots: readonly string[]): Set<string> {
  const root = join(import.meta.dirname, "..");
  const seen = new Map<string, string>();
  const follow = (path: string) => {
    const file = [path, `${path}.tsx`, `${path}.ts`].find((one) => /\.tsx?$/.test(one) && existsSync(one));
    if (file === undefined || seen.has(file) || file === join(root, "router.tsx")) return;
    const source = readFileSync(file, "utf8");
    seen.set(file, source);
    for (const [, name] of source.matchAll(/(?:from |import\()"(\.[^"]+)"/g)) if (name !== undefined) follow(join(dirname(file), name));
  };
  for (const path of roots) follow(join(root, path));
  return new Set(seen.values());
}

const english = flat({ ...enOutside, ...en });
const german = flat({ ...deOutside, ...de });

test("each text is there in both languages", () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
});

test("each text names the same values in both languages", () => {
  const values = (text: string | undefined) => [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();
  for (const [key, text] of english) expect([key, ...values(german.get(key))]).toEqual([key, ...values(text)]);
});

test("a part of the text is shown outside the admin center or not, and never half", () => {
  expect(Object.keys(enOutside).filter((part) => part in en)).toEqual([]);
  expect(Object.keys(deOutside).filter((part) => part in de)).toEqual([]);
});

// Whatever these show, by themselves or later, is there without the text of the admin center.
const OUTSIDE = ["phone/PhonePage.tsx", "session/pages.tsx", "shell/NotShown.tsx", "shell/NoTenant.tsx", "main.tsx"];

test("what is shown outside the admin center has its text without that of the admin center", () => {
  const parts = new Set([...sourcesFrom(OUTSIDE)].flatMap((source) => [...source.matchAll(/\bt\([\s\n]*["`]([a-zA-Z-]+)[."`]/g)].map(([, part]) => part)));
  expect(parts.size).toBeGreaterThan(5);
  expect([...parts].filter((part) => part !== undefined && part in en)).toEqual([]);
});

test("no text is empty", () => {
  for (const [key, text] of [...english, ...german]) expect([key, text.trim()]).not.toEqual([key, ""]);
});

test("the language is what was chosen, then what the browser prefers, then English", () => {
  expect(chosen("de", ["en-US"])).toBe("de");
  expect(chosen(null, ["fr-FR", "de-AT", "en"])).toBe("de");
  expect(chosen("tlh", ["fr"])).toBe("en");
  expect(chosen("toString", [])).toBe("en");
});

import { expect, test } from "vitest";
import de from "./de.json";
import en from "./en.json";
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

const english = flat(en);
const german = flat(de);

test("each text is there in both languages", () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
});

test("each text names the same values in both languages", () => {
  const values = (text: string | undefined) => [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();
  for (const [key, text] of english) expect([key, ...values(german.get(key))]).toEqual([key, ...values(text)]);
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

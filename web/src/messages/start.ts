import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";
import type outside from "./outside/en.json";

/** The languages that all text is there in, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof outside };
  }
}

/** Whether the text of the admin center is wanted, beside that of signing in and of the phone. */
let isWhole = false;

/** Reads the text of the chosen language, or of the one that the browser prefers. */
export async function startMessages(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next.use(initReactI18next).init({ lng: "en", resources: {}, interpolation: { escapeValue: false } });
  await speak(chosen(localStorage.getItem(KEPT_AS), navigator.languages));
}

/** Reads the text of the admin center, before anything of it is shown. */
export async function readAllMessages(): Promise<void> {
  if (isWhole) return;
  isWhole = true;
  const language = i18next.language;
  if (isLanguage(language)) add(language, await adminText(language));
}

/** Changes to a language and keeps that for the next time. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language);
  await speak(language);
}

/** The language to speak, of what was chosen before and what the browser would like. */
export function chosen(kept: string | null, wanted: readonly string[]): Language {
  const primary = wanted.map((tag) => tag.split("-")[0] ?? "");
  return [kept ?? "", ...primary].find(isLanguage) ?? "en";
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}

async function speak(language: Language): Promise<void> {
  const texts = await Promise.all([outsideText(language), ...(isWhole ? [adminText(language)] : [])]);
  for (const text of texts) add(language, text);
  await i18next.changeLanguage(language);
}

/** Text of what is shown outside the admin center, too: signing in, and the phone. */
async function outsideText(language: Language): Promise<object> {
  return (language === "de" ? await import("./outside/de.json") : await import("./outside/en.json")).default;
}

async function adminText(language: Language): Promise<object> {
  return (language === "de" ? await import("./de.json") : await import("./en.json")).default;
}

function add(language: Language, text: object): void {
  i18next.addResourceBundle(language, "translation", text);
}

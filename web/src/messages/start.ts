import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";

/** The languages that all text is there in, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/** Reads the text of the chosen language, or of the one that the browser prefers. */
export async function startMessages(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next.use(initReactI18next).init({ lng: "en", resources: {}, interpolation: { escapeValue: false } });
  await speak(chosen(localStorage.getItem(KEPT_AS), navigator.languages));
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
  const { default: messages } = language === "de" ? await import("./de.json") : await import("./en.json");
  i18next.addResourceBundle(language, "translation", messages);
  await i18next.changeLanguage(language);
}

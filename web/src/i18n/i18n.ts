// Words in Korean and English: one namespace a page, loaded with the page.
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "@/api/types";

type Book = { default: Record<string, unknown> };
const books = import.meta.glob<Book>("./{en,ko}/*.json");

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read(language, namespace, callback) {
    const open = books[`./${language}/${namespace}.json`];
    if (!open) {
      callback(new Error(`no words for ${language}/${namespace}`), null);
      return;
    }
    open().then(
      (book) => callback(null, book.default),
      (error: unknown) => callback(error as Error, null),
    );
  },
};

export const i18n = i18next.createInstance();

let started: Promise<unknown> = Promise.resolve();

export async function startWords(language: Language): Promise<void> {
  started = i18n
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: "en",
      supportedLngs: ["ko", "en"],
      load: "languageOnly",
      partialBundledLanguages: true,
      ns: ["words", "shell"],
      defaultNS: "words",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  document.documentElement.lang = language;
  await started;
}

/** Loads the words of a page beside the page itself. */
export async function loadWords(...namespaces: string[]): Promise<void> {
  await started;
  await i18n.loadNamespaces(namespaces);
}

export async function changeLanguage(language: Language): Promise<void> {
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
}

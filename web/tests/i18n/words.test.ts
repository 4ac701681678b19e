// The words: every text exists in Korean and English, with the same places for values.
import { describe, expect, it } from "vitest";

type Book = { default: Record<string, unknown> };
const books = import.meta.glob<Book>("../../src/i18n/{en,ko}/*.json", { eager: true });
const namespaces = [...new Set(Object.keys(books).map((path) => path.split("/").at(-1) ?? ""))];

function texts(book: unknown, path = ""): Map<string, string> {
  if (typeof book === "string") return new Map([[path, book]]);
  return new Map(
    Object.entries(book as Record<string, unknown>).flatMap(([key, value]) => [...texts(value, path ? `${path}.${key}` : key)]),
  );
}
const open = (language: string, file: string) => texts(books[`../../src/i18n/${language}/${file}`]?.default ?? {});
const places = (text: string) => [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name))].sort();

describe.each(namespaces)("%s", (file) => {
  const [en, ko] = [open("en", file), open("ko", file)];
  it("has the same keys in both languages", () => {
    expect([...ko.keys()].sort()).toEqual([...en.keys()].sort());
  });
  it("leaves no text empty", () => {
    expect([...en, ...ko].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
  it("fills the same values into both", () => {
    const differing = [...en].filter(([key, text]) => {
      const other = ko.get(key) ?? "";
      // English may leave the count out of "yesterday"-like forms of one.
      return !key.endsWith("_one") && places(text).join() !== places(other).join();
    });
    expect(differing.map(([key]) => key)).toEqual([]);
  });
  it("writes Korean where Korean is read", () => {
    const keepLatin = /^[\d\s\p{P}\p{S}]*$|\{\{|Maestro|Ctrl|English|CSV/u;
    const untranslated = [...ko].filter(([key, text]) => text === en.get(key) && !keepLatin.test(text) && !/[가-힣]/.test(text));
    expect(untranslated).toEqual([]);
  });
});

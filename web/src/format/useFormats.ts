// The formats, the words and the currency of the reader, for a component.
import { useGetSettingsQuery } from "@/api/settings";
import type { Words } from "@/api/types";
import { useAppSelector } from "@/app/store";
import { type Formats, formatsFor } from "./formats";

export const useLanguage = () => useAppSelector((state) => state.preferences.language);

export const useFormats = (): Formats => formatsFor(useLanguage());

/** Reads a text that came in both languages. */
export function useWords(): (words: Words | string | null | undefined) => string {
  const language = useLanguage();
  return (words) => (typeof words === "string" ? words : (words?.[language] ?? words?.en ?? ""));
}

/** The currency of the shop; until it is known, pounds, as the shop's default is. */
export function useCurrency(): string {
  return useGetSettingsQuery().data?.shop.currency ?? "GBP";
}

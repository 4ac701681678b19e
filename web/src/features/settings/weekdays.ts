// The days of the week in the reader's language, Monday first.
import type { Language } from "@/api/types";

const monday = Date.UTC(2024, 0, 1);
const day = 86_400_000;

export function weekdays(language: Language): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, index) => format.format(monday + index * day));
}

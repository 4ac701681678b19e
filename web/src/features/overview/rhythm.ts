// What was done lately as a row of counts: day by day, or week by week where agents decide less often than daily.
import type { Overview } from "@/api/types";

type Days = Overview["did"]["by_day"];

const dayMs = 86_400_000;
const longest = 28;

export interface Rhythm {
  unit: "days" | "weeks";
  counts: number[];
}

/** Days and weeks in which nothing was done count as zero, so that the row keeps time. */
export function rhythmOf(days: Days): Rhythm {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return { unit: "days", counts: [] };
  const end = Date.parse(last.date);
  const ago = (date: string) => Math.round((end - Date.parse(date)) / dayMs);
  const span = ago(first.date) + 1;
  const daily = days.length > span / 2;
  const size = daily ? 1 : 7;
  const counts: number[] = Array.from({ length: Math.min(longest, Math.ceil(span / size)) }, () => 0);
  for (const { date, count } of days) {
    const at = counts.length - 1 - Math.floor(ago(date) / size);
    if (at >= 0) counts[at] = (counts[at] ?? 0) + count;
  }
  return { unit: daily ? "days" : "weeks", counts };
}

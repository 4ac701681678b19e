// What sold and what is expected, laid on one row of days; days without stock are gathered into spans.
import type { BandPoint, DecisionSummary, HistoryPoint, ProductDetail, SoldDay } from "@/api/types";
import type { ForecastData } from "@/components/chart/forecastChart";

export const shownDays = 91;

const dayOf = (at: string) => at.slice(0, 10);
const nextDay = (date: string) => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** Spans of days without stock, each from its first day to the day after its last, so that one day is seen too. */
export function outSpans(history: readonly HistoryPoint[], dates: readonly string[]): [string, string][] {
  const spans: [string, string][] = [];
  for (const { date, in_stock: inStock } of history) {
    if (inStock !== false) continue;
    const [day, after] = [dayOf(date), nextDay(dayOf(date))];
    const end = dates.includes(after) ? after : day;
    const last = spans.at(-1);
    if (last && last[1] >= day) last[1] = end;
    else spans.push([day, end]);
  }
  return spans;
}

/** Both on one row of days. Where days of the forecast have passed, it stays in sight under what really sold. */
export function demandData(history: readonly HistoryPoint[], forecast: readonly BandPoint[]): ForecastData {
  const past = history.slice(-shownDays);
  const actual = new Map(past.map(({ date, value }) => [dayOf(date), value]));
  const known = [...actual.keys()];
  const expected = new Map(forecast.filter(({ date }) => dayOf(date) >= (known[0] ?? "")).map((day) => [dayOf(day.date), day]));
  const dates = [...new Set([...known, ...expected.keys()])].sort();
  const first = dates.findIndex((date) => expected.has(date));
  const joint = first > 0 ? (actual.get(dates[first - 1] ?? "") ?? null) : null;
  const along = (read: (day: BandPoint) => number, at: number | null) =>
    dates.map((date, index) => {
      const day = expected.get(date);
      if (day) return read(day);
      return index === first - 1 ? at : null;
    });
  return {
    dates,
    actual: dates.map((date) => actual.get(date) ?? null),
    mean: along(({ mean }) => mean, joint),
    low: along(({ low }) => low, joint),
    width: along(({ low, high }) => Math.max(0, high - low), joint === null ? null : 0),
    gaps: outSpans(past, dates),
  };
}

export const soldOf = (history: readonly SoldDay[]): HistoryPoint[] =>
  history.map(({ date, sold, in_stock: inStock }) => ({ date, value: sold, in_stock: inStock }));

/** The code of the place in "SKU@PLACE". */
export const placeOf = (subject: string): string => subject.slice(subject.lastIndexOf("@") + 1);

/** The latest decision about the product at that place. */
export function latestDecision(detail: ProductDetail, place: string): DecisionSummary | undefined {
  return detail.decisions.filter(({ subject }) => placeOf(subject.id) === place).sort((a, b) => (a.created_at < b.created_at ? 1 : -1))[0];
}

export interface Sold {
  /** Pieces in the last 28 days. */
  sold: number;
  /** Days without stock among those shown. */
  outs: number;
  days: number;
}

export function soldLately(history: readonly HistoryPoint[]): Sold {
  const past = history.slice(-shownDays);
  return {
    sold: past.slice(-28).reduce((sum, { value }) => sum + value, 0),
    outs: past.filter(({ in_stock: inStock }) => inStock === false).length,
    days: past.length,
  };
}

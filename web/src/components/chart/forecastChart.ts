// Sales and forecast in one picture: actual solid, forecast dashed with its band, the decision a marked point.
import type { BandPoint, HistoryPoint } from "@/api/types";
import type { Tokens } from "@/theme/palette";
import type { ChartOption } from "./Chart";
import { dayAxis, family, hover, hoverBox, type HoverRow, valueAxis } from "./drawing";

export interface ForecastData {
  dates: string[];
  actual: (number | null)[];
  mean: (number | null)[];
  low: (number | null)[];
  /** From the lower edge of the band to the upper one, as stacked areas want it. */
  width: (number | null)[];
  /** Pairs of first and last day without stock. */
  gaps: [string, string][];
}

const dayOf = (at: string) => at.slice(0, 10);

function stockGaps(history: readonly HistoryPoint[]): [string, string][] {
  const gaps: [string, string][] = [];
  let open: [string, string] | null = null;
  for (const { date, in_stock: inStock } of history) {
    if (inStock === false) {
      if (open) open[1] = dayOf(date);
      else {
        open = [dayOf(date), dayOf(date)];
        gaps.push(open);
      }
    } else open = null;
  }
  return gaps;
}

/** Lays history and forecast on one row of days; the forecast starts where the history ends, so that the line is whole. */
export function forecastData(history: readonly HistoryPoint[], forecast: readonly BandPoint[]): ForecastData {
  const last = history.at(-1);
  const after = forecast.filter(({ date }) => !last || dayOf(date) > dayOf(last.date));
  const joint = last && after.length ? [last.value] : [];
  const past = history.length - joint.length;
  const fill = (values: number[]) => [...Array.from({ length: past }, () => null), ...joint, ...values];
  const zeroJoint = joint.map(() => 0);
  return {
    dates: [...history.map(({ date }) => dayOf(date)), ...after.map(({ date }) => dayOf(date))],
    actual: [...history.map(({ value }) => value), ...after.map(() => null)],
    mean: fill(after.map(({ mean }) => mean)),
    low: fill(after.map(({ low }) => low)),
    width: [
      ...Array.from({ length: past }, () => null),
      ...zeroJoint,
      ...after.map(({ low, high }) => Math.max(0, high - low)),
    ],
    gaps: stockGaps(history),
  };
}

export interface ForecastWords {
  actual: string;
  forecast: string;
  band: string;
  decided: string;
  noStock: string;
  date: (date: string) => string;
  shortDate: (date: string) => string;
  number: (value: number) => string;
}

function hoverRows(data: ForecastData, index: number, words: ForecastWords, tokens: Tokens): HoverRow[] {
  const [actual, mean, low, width] = [data.actual[index], data.mean[index], data.low[index], data.width[index]];
  if (actual != null) return [{ colour: tokens.text, label: words.actual, value: words.number(actual) }];
  if (mean == null || low == null || width == null) return [];
  return [
    { colour: tokens.accent, label: words.forecast, value: words.number(mean) },
    { label: words.band, value: `${words.number(low)} – ${words.number(low + width)}` },
  ];
}

export function forecastOption(data: ForecastData, decidedAt: string | null, words: ForecastWords, tokens: Tokens): ChartOption {
  const line = { type: "line", symbol: "none", silent: true };
  const decided = decidedAt && data.dates.includes(dayOf(decidedAt)) ? dayOf(decidedAt) : null;
  const index = decided ? data.dates.indexOf(decided) : -1;
  const height = index < 0 ? null : (data.actual[index] ?? data.mean[index] ?? 0);
  return {
    grid: { left: 4, right: 12, top: 28, bottom: 4, containLabel: true },
    tooltip: hover(tokens, ([point]) =>
      hoverBox(
        words.date(data.dates[point?.dataIndex ?? 0] ?? ""),
        hoverRows(data, point?.dataIndex ?? 0, words, tokens),
      ),
    ),
    xAxis: dayAxis(tokens, data.dates, words.shortDate),
    yAxis: { ...valueAxis(tokens, words.number), min: 0 },
    series: [
      { ...line, name: "low", stack: "band", data: data.low, lineStyle: { opacity: 0 } },
      {
        ...line,
        name: "width",
        stack: "band",
        data: data.width,
        lineStyle: { opacity: 0 },
        areaStyle: { color: tokens.accent, opacity: 0.18 },
      },
      {
        ...line,
        name: "mean",
        data: data.mean,
        lineStyle: { color: tokens.accent, width: 2, type: "dashed" },
      },
      {
        ...line,
        name: "actual",
        data: data.actual,
        lineStyle: { color: tokens.text, width: 1.75 },
        markArea: {
          silent: true,
          itemStyle: { color: tokens.bad, opacity: 0.1 },
          data: data.gaps.map(([from, to]) => [{ xAxis: from }, { xAxis: to }]),
        },
        ...(decided && {
          markLine: {
            symbol: "none",
            silent: true,
            lineStyle: { color: tokens.edge, type: "solid", width: 1 },
            label: { formatter: words.decided, color: tokens.text, fontFamily: family, fontSize: 12, fontWeight: 600 },
            data: [{ xAxis: decided }],
          },
          markPoint: {
            symbol: "circle",
            symbolSize: 10,
            itemStyle: { color: tokens.accent, borderColor: tokens.surface, borderWidth: 2 },
            label: { show: false },
            data: [{ name: "decision", coord: [decided, height] }],
          },
        }),
      },
    ],
  };
}

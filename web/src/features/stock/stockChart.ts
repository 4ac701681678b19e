// The stock of every evening as a stepped line, with the target of today and the days without stock.
import type { SoldDay } from "@/api/types";
import type { ChartOption } from "@/components/chart/Chart";
import { dayAxis, hover, hoverBox, valueAxis } from "@/components/chart/drawing";
import type { Tokens } from "@/theme/palette";
import { outSpans, shownDays, soldOf } from "./demand";

export interface StockWords {
  stock: string;
  sold: string;
  date: (date: string) => string;
  shortDate: (date: string) => string;
  number: (value: number) => string;
}

/** A round end of the axis that leaves the target in sight. */
export function roundAbove(value: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, value))) / 2;
  return Math.ceil((value * 1.02) / step) * step;
}

export function stockOption(history: readonly SoldDay[], target: number | null, words: StockWords, tokens: Tokens): ChartOption {
  const past = history.slice(-shownDays);
  const dates = past.map(({ date }) => date);
  return {
    grid: { left: 4, right: 12, top: 28, bottom: 4, containLabel: true },
    tooltip: hover(tokens, ([point]) => {
      const day = past[point?.dataIndex ?? 0];
      if (!day) return hoverBox("", []);
      return hoverBox(words.date(day.date), [
        ...(day.stock_end === null ? [] : [{ colour: tokens.series[5], label: words.stock, value: words.number(day.stock_end) }]),
        { label: words.sold, value: words.number(day.sold) },
      ]);
    }),
    xAxis: dayAxis(tokens, dates, words.shortDate),
    yAxis: {
      ...valueAxis(tokens, words.number),
      min: 0,
      max: ({ max }: { max: number }) => (target !== null && target > max ? roundAbove(target) : null),
    },
    series: [
      {
        type: "line",
        symbol: "none",
        silent: true,
        step: "end",
        data: past.map((day) => day.stock_end),
        lineStyle: { color: tokens.series[5], width: 2 },
        areaStyle: { color: tokens.series[5], opacity: 0.12 },
        markArea: {
          silent: true,
          itemStyle: { color: tokens.bad, opacity: 0.14 },
          data: outSpans(soldOf(past), dates).map(([from, to]) => [{ xAxis: from }, { xAxis: to }]),
        },
        ...(target !== null && {
          markLine: {
            symbol: "none",
            silent: true,
            label: { show: false },
            lineStyle: { color: tokens.baseline, type: "dashed", width: 1.25 },
            data: [{ yAxis: target }],
          },
        }),
      },
    ],
  };
}

// The picture of memory: what the process held, against the limits at which it is relieved.
import type { Memory, Pressure } from "@/api/machine";
import type { ChartOption } from "@/components/chart/Chart";
import { dayAxis, family, hover, hoverBox, valueAxis } from "@/components/chart/drawing";
import type { Tokens } from "@/theme/palette";

/** From which percent of the limit on each pressure holds, unless the strategy says otherwise. */
export const bands: readonly { pressure: Pressure; from: number; to: number }[] = [
  { pressure: "low", from: 70, to: 80 },
  { pressure: "medium", from: 80, to: 90 },
  { pressure: "high", from: 90, to: 95 },
  { pressure: "critical", from: 95, to: 100 },
];

export interface MemoryWords {
  held: string;
  share: string;
  pressure: (pressure: Pressure) => string;
  time: (at: string) => string;
  bytes: (size: number) => string;
  percent: (share: number) => string;
}

const colourOf = (pressure: Pressure, tokens: Tokens) => ({ low: tokens.info, medium: tokens.warn, high: tokens.bad, critical: tokens.bad })[pressure];

const tops = [5, 10, 20, 50];

/** Where the axis ends: at the whole limit, unless so little is held that nothing could be seen. */
export function topOf(history: Memory["history"]): number {
  const most = history.reduce((peak, { percent }) => Math.max(peak, percent), 0);
  return tops.find((top) => most * 1.5 <= top) ?? 100;
}

export function memoryOption(history: Memory["history"], words: MemoryWords, tokens: Tokens): ChartOption {
  const times = history.map(({ at }) => at);
  const top = topOf(history);
  const shown = bands.filter(({ from }) => from < top);
  return {
    grid: { left: 4, right: shown.length > 0 ? 76 : 12, top: 12, bottom: 4, containLabel: true },
    tooltip: hover(tokens, ([point]) => {
      const one = history[point?.dataIndex ?? 0];
      return one
        ? hoverBox(words.time(one.at), [
            { colour: tokens.accent, label: words.held, value: words.bytes(one.rss_bytes) },
            { label: words.share, value: words.percent(one.percent / 100) },
          ])
        : hoverBox("", []);
    }),
    xAxis: dayAxis(tokens, times, words.time),
    yAxis: { ...valueAxis(tokens, (value) => words.percent(value / 100)), min: 0, max: top },
    series: [
      {
        type: "line",
        name: "held",
        symbol: "none",
        data: history.map(({ percent }) => percent),
        lineStyle: { color: tokens.accent, width: 2 },
        areaStyle: { color: tokens.accent, opacity: 0.12 },
        markArea: {
          silent: true,
          data: shown.map(({ pressure, from, to }) => [
            { yAxis: from, itemStyle: { color: colourOf(pressure, tokens), opacity: pressure === "critical" ? 0.2 : 0.1 } },
            { yAxis: to },
          ]),
        },
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: tokens.edge, type: "dashed", width: 1 },
          data: shown.map(({ pressure, from }) => ({
            yAxis: from,
            label: { formatter: words.pressure(pressure), color: tokens.text, fontFamily: family, fontSize: 11, position: "end" },
          })),
        },
      },
    ],
  };
}

// What each review gained over the plain rule, as bars from zero in the reader's colours of gain and loss.
import type { AgentDetail } from "@/api/types";
import type { ChartOption } from "@/components/chart/Chart";
import { dayAxis, hover, hoverBox, valueAxis } from "@/components/chart/drawing";
import type { Tokens } from "@/theme/palette";

export type CycleGain = AgentDetail["gains"][number];
export const shownCycles = 52;

/** The latest cycles, oldest first. */
export const latestGains = (gains: readonly CycleGain[]): CycleGain[] =>
  [...gains].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-shownCycles);

export interface GainsWords {
  gain: string;
  covered: string;
  date: (at: string) => string;
  shortDate: (at: string) => string;
  axis: (value: number) => string;
  money: (value: number) => string;
  percent: (share: number) => string;
}

export function gainsOption(gains: readonly CycleGain[], words: GainsWords, colour: (value: number) => string, tokens: Tokens): ChartOption {
  return {
    grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
    tooltip: hover(tokens, ([point]) => {
      const cycle = gains[point?.dataIndex ?? 0];
      if (!cycle) return hoverBox("", []);
      return hoverBox(words.date(cycle.at), [
        { colour: colour(cycle.gain), label: words.gain, value: words.money(cycle.gain) },
        { label: words.covered, value: words.percent(cycle.covered_share) },
      ]);
    }),
    xAxis: {
      ...dayAxis(
        tokens,
        gains.map(({ at }) => at),
        words.shortDate,
      ),
      boundaryGap: true,
      axisLine: { onZero: true, lineStyle: { color: tokens.baseline } },
    },
    yAxis: valueAxis(tokens, words.axis),
    series: [
      {
        type: "bar",
        barMaxWidth: 28,
        barCategoryGap: "30%",
        data: gains.map(({ gain }) => ({ value: gain, itemStyle: { color: colour(gain), borderRadius: gain < 0 ? [0, 0, 3, 3] : [3, 3, 0, 0] } })),
      },
    ],
  };
}

// The picture of the worth: profit with and without the agents above, and the difference between them below.
import type { ChartOption } from "@/components/chart/Chart";
import { dayAxis, family, hover, hoverBox, valueAxis } from "@/components/chart/drawing";
import type { Tokens } from "@/theme/palette";

export interface WorthDay {
  date: string;
  with_agents: number;
  without_agents: number;
}

export interface WorthWords {
  withAgents: string;
  withoutAgents: string;
  difference: string;
  date: (date: string) => string;
  shortDate: (date: string) => string;
  money: (value: number) => string;
  gain: (value: number) => string;
  gainColour: (value: number) => string;
}

const line = { type: "line", symbol: "none", silent: true };
const sides = { left: 56, right: 64 };

/** How far ahead the shop with agents is, day by day. */
export const differences = (series: readonly WorthDay[]): number[] =>
  series.map((day) => day.with_agents - day.without_agents);

/** The value at the end of a line; the upper one sits above its line and the lower one below, so that they never touch. */
const endLabel = (color: string, text: string, upper: boolean) => ({
  show: true,
  formatter: text,
  color,
  fontFamily: family,
  fontSize: 12,
  fontWeight: 600,
  distance: 6,
  offset: [0, upper ? -7 : 7],
});

function axes(series: readonly WorthDay[], words: WorthWords, tokens: Tokens) {
  const days = dayAxis(
    tokens,
    series.map(({ date }) => date),
    words.shortDate,
  );
  return {
    grid: [
      { ...sides, top: 16, height: "53%" },
      { ...sides, bottom: 28, height: "24%" },
    ],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    xAxis: [
      { ...days, gridIndex: 0, axisLabel: { show: false } },
      { ...days, gridIndex: 1, boundaryGap: true, axisLine: { show: false } },
    ],
    yAxis: [
      { ...valueAxis(tokens, words.money), gridIndex: 0 },
      { ...valueAxis(tokens, words.gain), gridIndex: 1, splitNumber: 2 },
    ],
  };
}

export function worthOption(series: readonly WorthDay[], words: WorthWords, tokens: Tokens): ChartOption {
  const gaps = differences(series);
  const end = series.at(-1);
  const last = gaps.at(-1) ?? 0;
  const profit = (name: "with_agents" | "without_agents", color: string, width: number, upper: boolean) => ({
    ...line,
    name,
    data: series.map((day) => day[name]),
    lineStyle: { color, width },
    endLabel: end && endLabel(name === "with_agents" ? color : tokens.muted, words.money(end[name]), upper),
  });
  return {
    ...axes(series, words, tokens),
    tooltip: hover(tokens, ([point]) => {
      const day = series[point?.dataIndex ?? 0];
      if (!day) return hoverBox("", []);
      return hoverBox(words.date(day.date), [
        { colour: tokens.accent, label: words.withAgents, value: words.money(day.with_agents) },
        { colour: tokens.baseline, label: words.withoutAgents, value: words.money(day.without_agents) },
        { label: words.difference, value: words.gain(day.with_agents - day.without_agents) },
      ]);
    }),
    series: [
      profit("without_agents", tokens.baseline, 1.25, last < 0),
      profit("with_agents", tokens.accent, 2.25, last >= 0),
      {
        type: "bar",
        name: "difference",
        silent: true,
        xAxisIndex: 1,
        yAxisIndex: 1,
        barCategoryGap: "20%",
        barMaxWidth: 18,
        data: gaps.map((value) => ({ value, itemStyle: { color: words.gainColour(value) } })),
      },
    ],
  };
}

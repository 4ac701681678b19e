// Promised against realised: each measured decision a point, the diagonal where both agree.
import type { DecisionSummary } from "@/api/types";
import type { ChartOption } from "@/components/chart/Chart";
import { family, hover, hoverBox, valueAxis } from "@/components/chart/drawing";
import type { Tokens } from "@/theme/palette";

export interface Outcome {
  id: string;
  name: string;
  expected: number;
  low: number;
  high: number;
  realised: number;
  covered: boolean;
}

export function promisesOf(decisions: readonly DecisionSummary[], name: (decision: DecisionSummary) => string): Outcome[] {
  return decisions.flatMap((decision) => {
    const { id, predicted, measured } = decision;
    if (!measured) return [];
    const { mean, low, high } = predicted;
    return [{ id, name: name(decision), expected: mean, low, high, realised: measured.gain, covered: measured.covered }];
  });
}

export interface PromiseWords {
  expected: string;
  realised: string;
  interval: string;
  agree: string;
  axis: (value: number) => string;
  money: (value: number) => string;
  range: (low: number, high: number) => string;
}

export function promiseOption(points: readonly Outcome[], words: PromiseWords, tokens: Tokens): ChartOption {
  const expected = points.map((point) => point.expected);
  const realised = points.map((point) => point.realised);
  // The diagonal ends where the smaller of both axes does; further it would leave the picture.
  const start = Math.max(Math.min(0, ...expected), Math.min(0, ...realised));
  const end = Math.min(Math.max(0, ...expected), Math.max(0, ...realised));
  const axis = (name: string) => ({
    ...valueAxis(tokens, words.axis),
    name,
    nameLocation: "middle",
    nameTextStyle: { color: tokens.muted, fontSize: 12, fontFamily: family, align: "center" },
    axisLine: { show: true, lineStyle: { color: tokens.border } },
    scale: false,
  });
  const series = (covered: boolean) => ({
    type: "scatter",
    symbol: covered ? "circle" : "diamond",
    symbolSize: covered ? 8 : 10,
    itemStyle: covered
      ? { color: tokens.accent, opacity: 0.65 }
      : { color: tokens.surface, borderColor: tokens.series[1], borderWidth: 2 },
    data: points.filter((point) => point.covered === covered).map((point) => ({ name: point.id, value: [point.expected, point.realised] })),
  });
  const known = new Map(points.map((point) => [point.id, point]));
  return {
    grid: { left: 24, right: 16, top: 16, bottom: 24, containLabel: true },
    tooltip: {
      ...hover(tokens, () => hoverBox("", [])),
      trigger: "item",
      formatter: ({ name }: { name: string }) => {
        const point = known.get(name);
        if (!point) return "";
        return hoverBox(point.name, [
          { label: words.expected, value: words.money(point.expected) },
          { label: words.interval, value: words.range(point.low, point.high) },
          { label: words.realised, value: words.money(point.realised) },
        ]);
      },
    },
    xAxis: { ...axis(words.expected), nameGap: 28 },
    yAxis: { ...axis(words.realised), nameGap: 48, nameRotate: 90 },
    series: [
      {
        ...series(true),
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: tokens.baseline, type: "dashed", width: 1.25 },
          label: { formatter: words.agree, color: tokens.muted, fontFamily: family, fontSize: 12, position: "insideEndTop" },
          data: end > start ? [[{ coord: [start, start] }, { coord: [end, end] }]] : [],
        },
      },
      series(false),
    ],
  };
}

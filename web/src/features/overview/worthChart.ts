// The picture of the worth: two lines from one start, and the gap between them shaded.
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
}

const endLabel = (color: string, text: string) => ({
  show: true,
  formatter: text,
  color,
  fontFamily: family,
  fontSize: 12,
  fontWeight: 600,
  distance: 6,
});

export function worthOption(series: readonly WorthDay[], words: WorthWords, tokens: Tokens): ChartOption {
  const line = { type: "line", symbol: "none", silent: true };
  const gaps = series.map((day) => day.with_agents - day.without_agents);
  const end = series.at(-1);
  const shade = gaps.every((gap) => gap >= 0) && series.every((day) => day.without_agents >= 0);
  return {
    grid: { left: 4, right: 64, top: 12, bottom: 4, containLabel: true },
    tooltip: hover(tokens, ([point]) => {
      const day = series[point?.dataIndex ?? 0];
      if (!day) return hoverBox("", []);
      return hoverBox(words.date(day.date), [
        { colour: tokens.accent, label: words.withAgents, value: words.money(day.with_agents) },
        { colour: tokens.baseline, label: words.withoutAgents, value: words.money(day.without_agents) },
        { label: words.difference, value: words.gain(day.with_agents - day.without_agents) },
      ]);
    }),
    xAxis: dayAxis(tokens, series.map(({ date }) => date), words.shortDate),
    yAxis: valueAxis(tokens, words.money),
    series: [
      ...(shade
        ? [
            { ...line, name: "floor", stack: "gap", data: series.map((day) => day.without_agents), lineStyle: { opacity: 0 } },
            { ...line, name: "gap", stack: "gap", data: gaps, lineStyle: { opacity: 0 }, areaStyle: { color: tokens.accent, opacity: 0.14 } },
          ]
        : []),
      {
        ...line,
        name: "without",
        data: series.map((day) => day.without_agents),
        lineStyle: { color: tokens.baseline, width: 1.25 },
        endLabel: end ? endLabel(tokens.muted, words.money(end.without_agents)) : undefined,
        labelLayout: { moveOverlap: "shiftY" },
      },
      {
        ...line,
        name: "with",
        data: series.map((day) => day.with_agents),
        lineStyle: { color: tokens.accent, width: 2.25 },
        endLabel: end ? endLabel(tokens.accent, words.money(end.with_agents)) : undefined,
        labelLayout: { moveOverlap: "shiftY" },
      },
    ],
  };
}

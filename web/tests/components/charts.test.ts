// The data behind the pictures: where history ends and forecast begins, where stock was missing, who is ahead.
import { describe, expect, it } from "vitest";
import { forecastData, forecastOption } from "@/components/chart/forecastChart";
import { onLine } from "@/components/Estimate";
import { differences, worthOption } from "@/features/overview/worthChart";
import { palettes } from "@/theme/palette";

const history = [
  { date: "2026-03-01", value: 4, in_stock: true },
  { date: "2026-03-02", value: 0, in_stock: false },
  { date: "2026-03-03", value: 0, in_stock: false },
  { date: "2026-03-04", value: 6, in_stock: true },
];
const forecast = [
  { date: "2026-03-05", mean: 5, low: 3, high: 8 },
  { date: "2026-03-06", mean: 6, low: 4, high: 9 },
];
const words = {
  actual: "sold",
  forecast: "forecast",
  band: "band",
  decided: "decision",
  noStock: "out",
  date: String,
  shortDate: String,
  number: String,
};

describe("a forecast's picture", () => {
  const data = forecastData(history, forecast);
  it("joins the forecast to the last day of history", () => {
    expect(data.dates).toHaveLength(6);
    expect(data.actual).toEqual([4, 0, 0, 6, null, null]);
    expect(data.mean).toEqual([null, null, null, 6, 5, 6]);
    expect(data.low).toEqual([null, null, null, 6, 3, 4]);
    expect(data.width).toEqual([null, null, null, 0, 5, 5]);
  });
  it("marks the days without stock as one gap", () => {
    expect(data.gaps).toEqual([["2026-03-02", "2026-03-03"]]);
  });
  it("stands alone without history", () => {
    expect(forecastData([], forecast).mean).toEqual([5, 6]);
  });
  it("leaves out forecast days that history has overtaken", () => {
    expect(forecastData(history, [{ date: "2026-03-04", mean: 1, low: 0, high: 2 }, ...forecast]).dates).toEqual(data.dates);
  });
  it("marks the decision only where its day is shown", () => {
    const marked = JSON.stringify(forecastOption(data, "2026-03-05T06:00:00Z", words, palettes.light));
    const unmarked = JSON.stringify(forecastOption(data, "2025-01-01T06:00:00Z", words, palettes.light));
    expect(marked).toContain("markPoint");
    expect(unmarked).not.toContain("markPoint");
  });
});

describe("the worth's picture", () => {
  const series = [
    { date: "2026-03-01", with_agents: 100, without_agents: 90 },
    { date: "2026-03-02", with_agents: 180, without_agents: 200 },
  ];
  it("tells who is ahead each day", () => {
    expect(differences(series)).toEqual([10, -20]);
  });
  it("colours gains and losses by the reader's convention", () => {
    const text = JSON.stringify(
      worthOption(
        series,
        {
          withAgents: "with",
          withoutAgents: "without",
          difference: "difference",
          date: String,
          shortDate: String,
          money: String,
          gain: String,
          gainColour: (value) => (value > 0 ? "up-colour" : "down-colour"),
        },
        palettes.dark,
      ),
    );
    expect(text).toContain("up-colour");
    expect(text).toContain("down-colour");
  });
});

it("keeps zero and every value of an estimate on its line", () => {
  const at = onLine([120, 310, 540]);
  for (const value of [0, 120, 310, 540]) {
    expect(at(value)).toBeGreaterThan(0);
    expect(at(value)).toBeLessThan(100);
  }
  expect(at(0)).toBeLessThan(at(120));
});

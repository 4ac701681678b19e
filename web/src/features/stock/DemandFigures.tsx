// The two pictures of a product: sales with their forecast, and the stock of every evening.
import { useTheme } from "@mui/material/styles";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { BandPoint, HistoryPoint, ProductDetail } from "@/api/types";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { forecastOption } from "@/components/chart/forecastChart";
import { useFormats } from "@/format/useFormats";
import { demandData, shownDays, soldLately, soldOf } from "./demand";
import { stockOption } from "./stockChart";

const height = 300;

/** Days without stock in words; of several places together, a day counts where one of them was empty. */
function useOuts(together: boolean): (history: readonly HistoryPoint[]) => string {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  return (history) => {
    const { outs, days } = soldLately(history);
    if (outs === 0) return t("demand.outs_zero");
    return t(together ? "demand.someOut" : "demand.outs", { count: outs, days: formats.number(days) });
  };
}

interface SalesFigureProps {
  history: readonly HistoryPoint[];
  forecast: readonly BandPoint[];
  decision: { id: string; at: string } | null;
  level: number;
  /** The history of several places together. */
  together: boolean;
}

export function SalesFigure({ history, forecast, decision, level, together }: SalesFigureProps) {
  const { t } = useTranslation("stock");
  const { tokens } = useTheme();
  const formats = useFormats();
  const outs = useOuts(together);
  const navigate = useNavigate();
  const band = t("demand.band", { percent: formats.percent(level) });
  const data = useMemo(() => demandData(history, forecast), [history, forecast]);
  const option = useMemo(
    () =>
      forecastOption(
        data,
        decision?.at ?? null,
        {
          actual: t("demand.sold"),
          forecast: t("demand.forecast"),
          band,
          decided: t("demand.decided"),
          noStock: t("demand.noStock"),
          date: formats.date,
          shortDate: formats.shortDate,
          number: (value) => formats.number(value),
        },
        tokens,
      ),
    [data, decision?.at, band, formats, tokens, t],
  );
  const expected = forecast.reduce((sum, { mean }) => sum + mean, 0);
  const sentences = [
    t("demand.summary", { sold: formats.number(soldLately(history).sold), outs: outs(history) }),
    ...(forecast.length ? [t("demand.next", { sum: formats.number(Math.round(expected)), days: formats.number(forecast.length) })] : []),
  ];
  const cell = (value: number | null | undefined) => (value == null ? "–" : formats.number(value));
  return (
    <ChartFigure
      option={option}
      height={height}
      keys={[
        { label: t("demand.sold"), colour: tokens.text, line: "solid" },
        ...(forecast.length
          ? ([
              { label: t("demand.forecast"), colour: tokens.accent, line: "dashed" },
              { label: band, colour: tokens.accent, line: "band" },
            ] as const)
          : []),
        ...(data.gaps.length ? ([{ label: t("demand.noStock"), colour: tokens.bad, line: "band" }] as const) : []),
      ]}
      summary={sentences.join(" ")}
      onPick={decision ? () => void navigate(`/decisions/${decision.id}`) : undefined}
      table={{
        columns: [t("demand.day"), t("demand.sold"), t("demand.forecast"), t("demand.low"), t("demand.high")],
        rows: data.dates
          .map((date, index) => {
            const [low, width] = [data.low[index], data.width[index]];
            return [formats.date(date), cell(data.actual[index]), cell(data.mean[index]), cell(low), cell(low == null ? null : low + (width ?? 0))];
          })
          .reverse(),
      }}
    />
  );
}

export function StockFigure({ detail }: { detail: ProductDetail }) {
  const { t } = useTranslation("stock");
  const { tokens } = useTheme();
  const formats = useFormats();
  const { history, locations } = detail;
  const outs = useOuts(locations.length > 1);
  const targets = locations.flatMap(({ target }) => (target === null ? [] : [target]));
  const target = targets.length ? targets.reduce((sum, value) => sum + value, 0) : null;
  const option = useMemo(
    () =>
      stockOption(
        history,
        target,
        {
          stock: t("demand.stock"),
          sold: t("demand.sold"),
          date: formats.date,
          shortDate: formats.shortDate,
          number: (value) => formats.number(value),
        },
        tokens,
      ),
    [history, target, formats, tokens, t],
  );
  const past = history.slice(-shownDays);
  const last = past.findLast(({ stock_end: end }) => end !== null);
  return (
    <ChartFigure
      option={option}
      height={height}
      keys={[
        { label: t("demand.stock"), colour: tokens.series[5], line: "solid" },
        ...(target === null ? [] : ([{ label: t("demand.target"), colour: tokens.baseline, line: "dashed" }] as const)),
        { label: t("demand.noStock"), colour: tokens.bad, line: "band" },
      ]}
      summary={last ? t("demand.stockSummary", { number: formats.number(last.stock_end ?? 0), date: formats.date(last.date), outs: outs(soldOf(history)) }) : outs(soldOf(history))}
      table={{
        columns: [t("demand.day"), t("demand.stock"), t("demand.sold")],
        rows: past.map((day) => [formats.date(day.date), day.stock_end === null ? "–" : formats.number(day.stock_end), formats.number(day.sold)]).reverse(),
      }}
    />
  );
}

// What the agent saw: sales so far, the forecast with its band, and the moment of the decision.
import { useTheme } from "@mui/material/styles";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Decision } from "@/api/types";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { forecastData, forecastOption } from "@/components/chart/forecastChart";
import { useFormats } from "@/format/useFormats";

const height = 248;
/** Days of history that the picture shows; the table behind it holds them all. */
const shown = 84;

export function EvidenceChart({ decision }: { decision: Decision }) {
  const { t } = useTranslation("decisions");
  const { tokens } = useTheme();
  const formats = useFormats();
  const { history = [], forecast = [] } = decision.evidence;
  const option = useMemo(
    () =>
      forecastOption(
        forecastData(history.slice(-shown), forecast),
        decision.created_at,
        {
          actual: t("detail.sold"),
          forecast: t("detail.forecast"),
          band: t("detail.band"),
          decided: t("detail.decidedHere"),
          noStock: t("detail.noStock"),
          date: formats.date,
          shortDate: formats.shortDate,
          number: (value) => formats.number(value),
        },
        tokens,
      ),
    [history, forecast, decision.created_at, formats, tokens, t],
  );
  const last = history.at(-1);
  if (!last && forecast.length === 0)
    return (
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        {t("detail.evidenceNone")}
      </Typography>
    );
  const total = forecast.reduce((sum, { mean }) => sum + mean, 0);
  const outOfStock = history.slice(-shown).some(({ in_stock: inStock }) => inStock === false);
  const number = (value: number) => formats.number(value);
  return (
    <ChartFigure
      option={option}
      height={height}
      keys={[
        { label: t("detail.sold"), colour: tokens.text, line: "solid" },
        { label: t("detail.forecast"), colour: tokens.accent, line: "dashed" },
        { label: t("detail.band"), colour: tokens.accent, line: "band" },
        ...(outOfStock ? [{ label: t("detail.noStock"), colour: tokens.bad, line: "band" as const }] : []),
      ]}
      summary={t("detail.evidenceSummary", {
        date: formats.date(last?.date ?? decision.created_at),
        total: formats.number(total, { maximumFractionDigits: 0 }),
        days: forecast.length,
      })}
      table={{
        columns: [t("detail.day"), t("detail.sold"), t("detail.forecast"), t("detail.low"), t("detail.high")],
        rows: [
          ...history.map(({ date, value }) => [formats.date(date), number(value), "", "", ""]),
          ...forecast.map(({ date, mean, low, high }) => [formats.date(date), "", number(mean), number(low), number(high)]),
        ],
      }}
    />
  );
}

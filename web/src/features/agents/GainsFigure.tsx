// What each review gained over the plain rule, with the same as a table and in a sentence.
import { useTheme } from "@mui/material/styles";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { useGainColour } from "@/components/Gain";
import { TrendingUp } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { useCurrency, useFormats } from "@/format/useFormats";
import { type CycleGain, gainsOption, latestGains } from "./gainsChart";

export function GainsFigure({ gains, height }: { gains: readonly CycleGain[]; height: number }) {
  const { t } = useTranslation("agents");
  const { tokens } = useTheme();
  const formats = useFormats();
  const currency = useCurrency();
  const colour = useGainColour();
  const [up, down] = [colour(1), colour(-1)];
  const shown = useMemo(() => latestGains(gains), [gains]);
  const option = useMemo(
    () =>
      gainsOption(
        shown,
        {
          gain: t("gains.gain"),
          covered: t("gains.covered"),
          date: formats.date,
          shortDate: formats.shortDate,
          axis: (value) => formats.moneyShort(value, currency),
          money: (value) => formats.gainFull(value, currency),
          percent: (share) => formats.percent(share),
        },
        (value) => (value < 0 ? down : up),
        tokens,
      ),
    [shown, currency, formats, tokens, t, up, down],
  );
  if (shown.length === 0)
    return (
      <EmptyState icon={TrendingUp} title={t("gains.emptyTitle")} compact>
        {t("gains.emptyDetail")}
      </EmptyState>
    );
  const better = shown.filter(({ gain }) => gain > 0).length;
  return (
    <ChartFigure
      option={option}
      height={height}
      keys={[
        { label: t("gains.better"), colour: up, line: "bar" },
        { label: t("gains.worse"), colour: down, line: "bar" },
      ]}
      summary={t("gains.summary", { count: shown.length, better: formats.number(better) })}
      table={{
        columns: [t("gains.cycle"), t("gains.gain"), t("gains.covered")],
        rows: shown.map((cycle) => [formats.date(cycle.at), formats.gainFull(cycle.gain, currency), formats.percent(cycle.covered_share)]).reverse(),
      }}
    />
  );
}

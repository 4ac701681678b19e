// What the agents were worth over time: profit with them against the same weeks without.
import { type SxProps, type Theme, useTheme } from "@mui/material/styles";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/types";
import { useAppSelector } from "@/app/store";
import { Card } from "@/components/Card";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { gainColour } from "@/components/Gain";
import { TrendingUp } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { useFormats } from "@/format/useFormats";
import { worthOption } from "./worthChart";

const height = 296;

export function WorthCard({ worth, sx }: { worth: Overview["worth"]; sx?: SxProps<Theme> }) {
  const { t } = useTranslation("overview");
  const { tokens } = useTheme();
  const formats = useFormats();
  const { language, gainColours } = useAppSelector((state) => state.preferences);
  const { series, gain } = worth;
  const option = useMemo(
    () =>
      worthOption(
        series,
        {
          withAgents: t("worth.with"),
          withoutAgents: t("worth.without"),
          difference: t("worth.difference"),
          date: formats.date,
          shortDate: formats.shortDate,
          money: (value) => formats.moneyShort(value, gain.unit),
          gain: (value) => formats.gain(value, gain.unit),
          gainColour: (value) => gainColour(value, tokens, language, gainColours),
        },
        tokens,
      ),
    [series, gain.unit, formats, tokens, language, gainColours, t],
  );
  const last = series.at(-1);
  return (
    <Card title={t("worth.title")} sx={sx}>
      {last ? (
        <ChartFigure
          option={option}
          height={height}
          keys={[
            { label: t("worth.with"), colour: tokens.accent, line: "solid" },
            { label: t("worth.without"), colour: tokens.baseline, line: "thin" },
            { label: t("worth.difference"), colour: gainColour(last.with_agents - last.without_agents, tokens, language, gainColours), line: "bar" },
          ]}
          summary={t(worth.method === "holdout" ? "worth.summaryHoldout" : "worth.summary", {
            date: formats.date(last.date),
            with: formats.money(last.with_agents, gain.unit),
            without: formats.money(last.without_agents, gain.unit),
          })}
          table={{
            columns: [t("worth.day"), t("worth.with"), t("worth.without"), t("worth.difference")],
            rows: series.map((day) => [
              formats.date(day.date),
              formats.money(day.with_agents, gain.unit),
              formats.money(day.without_agents, gain.unit),
              formats.gainFull(day.with_agents - day.without_agents, gain.unit),
            ]),
          }}
        />
      ) : (
        <EmptyState icon={TrendingUp} title={t("worth.emptyTitle")} compact>
          {t("worth.emptyDetail")}
        </EmptyState>
      )}
    </Card>
  );
}

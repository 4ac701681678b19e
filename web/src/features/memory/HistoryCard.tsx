// Memory over time, with the limits at which it is relieved.
import { useTheme } from "@mui/material/styles";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Memory } from "@/api/machine";
import { Card } from "@/components/Card";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { Activity } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { useFormats } from "@/format/useFormats";
import { memoryOption, topOf } from "./memoryChart";

const height = 280;

export function HistoryCard({ memory }: { memory: Memory }) {
  const { t } = useTranslation("memory");
  const { tokens } = useTheme();
  const formats = useFormats();
  const { history } = memory;
  const option = useMemo(
    () =>
      memoryOption(
        history,
        {
          held: t("history.held"),
          share: t("history.share"),
          pressure: (pressure) => t(`pressure.${pressure}`),
          time: formats.timeOfDay,
          bytes: formats.bytes,
          percent: (share) => formats.percent(share),
        },
        tokens,
      ),
    [history, t, formats, tokens],
  );
  const most = history.reduce((top, one) => (one.percent > top.percent ? one : top), history[0] ?? { at: "", percent: 0, rss_bytes: 0 });
  return (
    <Card title={t("history.title")}>
      {history.length < 2 ? (
        <EmptyState icon={Activity} title={t("history.emptyTitle")}>
          {t("history.emptyDetail")}
        </EmptyState>
      ) : (
        <ChartFigure
          option={option}
          height={height}
          keys={[
            { label: t("history.held"), colour: tokens.accent, line: "solid" },
            ...(topOf(history) > 70 ? [{ label: t("history.limits"), colour: tokens.edge, line: "dashed" as const }] : []),
          ]}
          summary={t(topOf(history) > 70 ? "history.summary" : "history.summaryLow", { most: formats.percent(most.percent / 100), at: formats.timeOfDay(most.at), now: formats.percent(memory.percent / 100) })}
          table={{
            columns: [t("history.at"), t("history.held"), t("history.share")],
            rows: history.map((one) => [formats.exact(one.at), formats.bytes(one.rss_bytes), formats.percent(one.percent / 100, 1)]),
          }}
        />
      )}
    </Card>
  );
}

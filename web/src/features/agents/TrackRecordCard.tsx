// The track record: what was promised, what came of it, and how often the intervals held.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import { useTheme } from "@mui/material/styles";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useListDecisionsQuery } from "@/api/decisions";
import type { AgentDetail, DecisionSummary } from "@/api/types";
import { Card } from "@/components/Card";
import { ChartFigure } from "@/components/chart/ChartFigure";
import { Gain } from "@/components/Gain";
import { Gauge } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { useCurrency, useFormats, useWords } from "@/format/useFormats";
import { CoverageBar } from "./CoverageBar";
import { promiseOption, promisesOf } from "./promiseChart";
import { keptPromises } from "./trust";

const height = 320;
const shown = 200;

function Figure({ decisions }: { decisions: readonly DecisionSummary[] }) {
  const { t } = useTranslation("agents");
  const { tokens } = useTheme();
  const formats = useFormats();
  const words = useWords();
  const currency = useCurrency();
  const navigate = useNavigate();
  const points = useMemo(() => promisesOf(decisions, ({ subject }) => words(subject.label)), [decisions, words]);
  const range = (low: number, high: number) => formats.range({ low, high, unit: currency });
  const option = useMemo(
    () =>
      promiseOption(
        points,
        {
          expected: t("record.expected"),
          realised: t("record.realised"),
          interval: t("record.interval"),
          agree: t("record.agree"),
          axis: (value) => formats.moneyShort(value, currency),
          money: (value) => formats.gainFull(value, currency),
          range: (low, high) => formats.range({ low, high, unit: currency }),
        },
        tokens,
      ),
    [points, currency, formats, tokens, t],
  );
  const outside = points.filter(({ covered }) => !covered).length;
  return (
    <ChartFigure
      option={option}
      height={height}
      keys={[
        { label: t("record.inside"), colour: tokens.accent, line: "dot" },
        { label: t("record.outside"), colour: tokens.series[1], line: "dot" },
      ]}
      summary={t("record.summary", { count: points.length, outside: formats.number(outside) })}
      onPick={(id) => void navigate(`/decisions/${id}`)}
      table={{
        columns: [t("record.subject"), t("record.expected"), t("record.interval"), t("record.realised")],
        rows: points.map((point) => [
          point.name,
          formats.gainFull(point.expected, currency),
          range(point.low, point.high),
          formats.gainFull(point.realised, currency),
        ]),
      }}
    />
  );
}

export function TrackRecordCard({ agent }: { agent: AgentDetail }) {
  const { t } = useTranslation("agents");
  const formats = useFormats();
  const currency = useCurrency();
  const { data, error, refetch } = useListDecisionsQuery({ agent: agent.name, status: ["measured"], sort: "-created_at", limit: shown });
  const latest = agent.gains[0]?.cycle;
  const shownWith = useRef(latest);
  useEffect(() => {
    // A newly measured review brings newly measured decisions.
    if (shownWith.current !== latest) void refetch();
    shownWith.current = latest;
  }, [latest, refetch]);
  const kept = data ? keptPromises(data.items) : null;
  if (error && !data)
    return (
      <Card title={t("record.title")}>
        <ErrorState error={error} retry={refetch} compact />
      </Card>
    );
  if (data && !kept)
    return (
      <Card title={t("record.title")}>
        <EmptyState icon={Gauge} title={t("record.emptyTitle")} compact>
          {t("record.emptyDetail")}
        </EmptyState>
      </Card>
    );
  return (
    <Card title={t("record.title")}>
      {data && kept ? (
        <>
          <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" }, mb: 2 }}>
            <Box>
              <Box sx={{ fontSize: 13, color: "text.secondary" }}>{t("record.sum", { count: kept.count })}</Box>
              <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "baseline", gap: 1, fontWeight: 600 }}>
                <Gain value={kept.realised} unit={currency} size={20} />
                <Box component="span" sx={{ fontSize: 13, fontWeight: 400, color: "text.secondary" }}>
                  {t("record.of", { expected: formats.gain(kept.expected, currency) })}
                </Box>
              </Box>
            </Box>
            <CoverageBar share={kept.covered} />
          </Box>
          <Figure decisions={data.items} />
        </>
      ) : (
        <Skeleton variant="rounded" height={height + 140} aria-busy />
      )}
    </Card>
  );
}

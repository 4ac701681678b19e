// The timeline of a run: one row a step, what it took against what was expected, what still lies ahead in outline.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { RunDetail } from "@/api/machine";
import { VirtualRows } from "@/components/VirtualRows";
import { useFormats } from "@/format/useFormats";
import { stepLook, useStepWord } from "./runTags";
import { type Bar, type Gantt, ganttOf, ticksOf } from "./runTime";
import { useStepFigure } from "./useStepFigure";

const rowHeight = 32;
const barHeight = 12;
/** Percent of the width that any bar takes. */
const least = 0.3;

function Bars({ bar, gantt }: { bar: Bar; gantt: Gantt }) {
  const { tokens } = useTheme();
  // the shortest step is still seen, at the right end too
  const percent = (at: number) => `${Math.min(100 - least, (at / gantt.to) * 100)}%`;
  const width = (from: number, to: number) => `${Math.max(least, ((Math.min(to, gantt.to) - from) / gantt.to) * 100)}%`;
  const [tone] = stepLook(bar.step);
  const colour = tone === "neutral" ? tokens.edge : tokens[tone];
  const top = (rowHeight - barHeight) / 2;
  if (bar.step.status === "skipped" || (bar.ahead && bar.to <= bar.from)) return null;
  return (
    <svg width="100%" height={rowHeight} aria-hidden>
      {bar.expected !== null && !bar.ahead ? (
        <rect x={percent(bar.from)} y={top - 4} width={width(bar.from, bar.expected)} height={barHeight + 8} rx={3} fill={tokens.neutralSoft} />
      ) : null}
      {bar.ahead ? (
        <rect x={percent(bar.from)} y={top + 0.5} width={width(bar.from, bar.to)} height={barHeight - 1} rx={3} fill="none" stroke={tokens.edge} strokeDasharray="3 3" />
      ) : bar.attempts.length > 1 ? (
        bar.attempts.map((attempt) => (
          <rect key={attempt.from} x={percent(attempt.from)} y={top} width={width(attempt.from, attempt.to)} height={barHeight} rx={3} fill={attempt.failed ? tokens.bad : colour} opacity={attempt.failed ? 0.75 : 1} />
        ))
      ) : (
        <rect x={percent(bar.from)} y={top} width={width(bar.from, bar.to)} height={barHeight} rx={3} fill={colour} />
      )}
      {bar.expected !== null && !bar.ahead && bar.expected <= gantt.to ? (
        <line x1={percent(bar.expected)} x2={percent(bar.expected)} y1={top - 4} y2={top + barHeight + 4} stroke={tokens.text} strokeWidth={1.5} />
      ) : null}
    </svg>
  );
}

function Axis({ gantt, labelWidth }: { gantt: Gantt; labelWidth: number }) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const wide = useMediaQuery("(min-width: 900px)", { noSsr: true });
  const seconds = gantt.to;
  return (
    <Box sx={{ display: "flex", height: 28, pr: 1.5 }}>
      <Box sx={{ width: labelWidth, flexShrink: 0, alignSelf: "flex-end", pl: { xs: 1.5, md: 2.5 }, pb: 0.25, fontSize: 12, color: "text.secondary", whiteSpace: "nowrap" }}>{t("timeline.axis")}</Box>
      <Box aria-hidden sx={{ position: "relative", flex: 1, borderBottom: 1, borderColor: "divider" }}>
      {ticksOf(seconds, wide ? 8 : 3).map((at, index) => (
        <Box
          key={at}
          sx={{
            position: "absolute",
            left: `${(at / seconds) * 100}%`,
            bottom: 2,
            fontSize: 12,
            color: "text.secondary",
            fontVariantNumeric: "tabular-nums",
            whiteSpace: "nowrap",
            transform: index === 0 ? undefined : at / seconds > 0.94 ? "translateX(-100%)" : "translateX(-50%)",
          }}
        >
          {formats.duration(at)}
        </Box>
      ))}
      </Box>
    </Box>
  );
}

interface RunTimelineProps {
  run: RunDetail;
  maxHeight: number;
  openStep?: string;
  to: (step: string) => string;
}

export function RunTimeline({ run, maxHeight, openStep, to }: RunTimelineProps) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const { tokens } = useTheme();
  const figure = useStepFigure();
  const phone = useMediaQuery("(max-width: 699.95px)", { noSsr: true });
  const word = useStepWord();
  const over = Boolean(run.ended_at);
  const gantt = useMemo(() => ganttOf(run.steps, run.so_far_s, over), [run.steps, run.so_far_s, over]);
  const labelWidth = phone ? 132 : 232;
  const row = (index: number) => {
    const bar = gantt.bars[index];
    if (!bar) return null;
    const { step } = bar;
    const [tone, Icon] = stepLook(step);
    const text = figure(step);
    const said = word(step);
    const expected = step.estimate_s && step.ended_at ? t("timeline.expected", { duration: formats.duration(step.estimate_s.median) }) : "";
    return (
      <Box
        component={Link}
        to={to(step.name)}
        preventScrollReset
        aria-label={[step.name, said, text, expected].filter(Boolean).join(", ")}
        aria-current={step.name === openStep ? "true" : undefined}
        sx={{
          display: "flex",
          height: rowHeight,
          color: "text.primary",
          textDecoration: "none",
          pr: 1.5,
          background: step.name === openStep ? tokens.accentSoft : undefined,
          "&:hover": { background: tokens.hover },
          "&:focus-visible": { outlineOffset: -2 },
        }}
      >
        <Box sx={{ width: labelWidth, flexShrink: 0, display: "flex", alignItems: "center", gap: 0.75, pl: { xs: 1.5, md: 2.5 }, pr: 1.5 }}>
          <Box sx={{ display: "flex", color: tone === "neutral" ? tokens.muted : tokens[tone] }}>
            <Icon size={14} strokeWidth={2} aria-hidden />
          </Box>
          <Box component="span" sx={{ flex: 1, minWidth: 0, fontSize: 13, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
            {step.name}
          </Box>
          {phone ? null : (
            <Box component="span" sx={{ fontSize: 12, color: "text.secondary", fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
              {step.answer && text ? `${said} · ${text}` : text}
            </Box>
          )}
        </Box>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Bars bar={bar} gantt={gantt} />
        </Box>
      </Box>
    );
  };
  return (
    <VirtualRows
      label={t("timeline.label", { count: gantt.bars.length })}
      count={gantt.bars.length}
      rowHeight={rowHeight}
      maxHeight={maxHeight}
      rowKey={(index) => gantt.bars[index]?.name ?? String(index)}
      row={row}
      head={<Axis gantt={gantt} labelWidth={labelWidth} />}
    />
  );
}

// An estimate: the mean with its interval in words, and the same as a band with a mark for what really came.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/format/useFormats";
import { Gain } from "./Gain";

interface EstimateProps {
  mean: number;
  low: number;
  high: number;
  unit: string;
  /** Share of cases that the interval is meant to hold. */
  level?: number;
  size?: number;
}

/** "+£310 (80 % sure: £120 – £540)". */
export function Estimate({ mean, low, high, unit, level = 0.8, size }: EstimateProps) {
  const { t } = useTranslation("words");
  const formats = useFormats();
  return (
    <Box component="span" sx={{ display: "inline-flex", flexWrap: "wrap", alignItems: "baseline", columnGap: 1 }}>
      <Box component="span" sx={{ fontWeight: 600 }}>
        <Gain value={mean} unit={unit} size={size} />
      </Box>
      <Box component="span" sx={{ fontSize: 13, color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
        {t("interval", { percent: formats.percent(level), range: formats.range({ low, high, unit }) })}
      </Box>
    </Box>
  );
}

/** Where each value falls on a line that always holds zero, in percent of its width. */
export function onLine(values: readonly number[]): (value: number) => number {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = (most - least) * 0.06 || 1;
  const [from, to] = [least - room, most + room];
  return (value) => ((value - from) / (to - from)) * 100;
}

interface BandProps {
  low: number;
  mean: number;
  high: number;
  realised?: number | null;
  label: string;
}

/** The expected band, its mean, zero, and a mark for what was realised. */
export function EstimateBand({ low, mean, high, realised, label }: BandProps) {
  const { tokens } = useTheme();
  const at = onLine([low, mean, high, ...(realised == null ? [] : [realised])]);
  const mark = (value: number, width: number, height: number, background: string, radius = 0) => (
    <Box
      sx={{
        position: "absolute",
        left: `calc(${at(value)}% - ${width / 2}px)`,
        top: `calc(50% - ${height / 2}px)`,
        width: `${width}px`,
        height: `${height}px`,
        background,
        borderRadius: `${radius}px`,
      }}
    />
  );
  return (
    <Box role="img" aria-label={label} sx={{ position: "relative", height: 32 }}>
      <Box sx={{ position: "absolute", insetInline: 0, top: "calc(50% - 0.5px)", height: "1px", background: tokens.border }} />
      <Box
        sx={{
          position: "absolute",
          left: `${at(low)}%`,
          width: `${at(high) - at(low)}%`,
          top: "calc(50% - 6px)",
          height: 12,
          borderRadius: "6px",
          background: tokens.accentSoft,
          border: `1px dashed ${tokens.accent}`,
        }}
      />
      {mark(0, 1, 24, tokens.baseline)}
      {mark(mean, 3, 16, tokens.accent, 2)}
      {realised == null ? null : (
        <>
          {mark(realised, 14, 14, tokens.surface, 7)}
          {mark(realised, 10, 10, tokens.text, 5)}
        </>
      )}
    </Box>
  );
}

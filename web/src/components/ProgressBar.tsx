// How far something counted has come: a bar with its numbers.
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import { useTranslation } from "react-i18next";
import type { Progress } from "@/api/machine";
import type { Tone } from "./Tag";

interface ProgressBarProps {
  label: string;
  progress: Progress;
  tone?: Tone;
  width?: number | string;
  /** Without the numbers beside it, where they stand elsewhere. */
  bare?: boolean;
}

export function ProgressBar({ label, progress: { done, total }, tone = "accent", width = "100%", bare = false }: ProgressBarProps) {
  const { t } = useTranslation("words");
  const text = t("progress", { done, total });
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1, width, minWidth: 0 }}>
      <LinearProgress
        variant="determinate"
        value={total > 0 ? Math.min(100, (done / total) * 100) : 0}
        aria-label={label}
        aria-valuetext={text}
        sx={({ tokens }) => ({
          flex: 1,
          height: 6,
          borderRadius: 1,
          bgcolor: "divider",
          "& .MuiLinearProgress-bar": { borderRadius: 1, background: tone === "neutral" ? tokens.baseline : tokens[tone] },
        })}
      />
      {bare ? null : (
        <Box component="span" aria-hidden sx={{ fontSize: 12, fontWeight: 400, color: "text.secondary", fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
          {text}
        </Box>
      )}
    </Box>
  );
}

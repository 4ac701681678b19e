// The evidence so far, as points of proof in words: that it does better, and that its estimates can be trusted.
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import Typography from "@mui/material/Typography";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { AgentSummary } from "@/api/types";
import { useFormats, useWords } from "@/format/useFormats";
import { barPoints } from "./trust";

function ProofBar({ name, detail, points }: { name: string; detail?: string; points: number }) {
  const { t } = useTranslation("agents");
  const formats = useFormats();
  const id = useId();
  const whole = barPoints(points);
  return (
    <Box>
      <Box sx={{ display: "flex", gap: 1, alignItems: "baseline", mb: 0.75 }}>
        <Box id={id} sx={{ flex: 1, wordBreak: "keep-all" }}>
          {name}
        </Box>
        <Box sx={{ fontVariantNumeric: "tabular-nums", color: "text.secondary", whiteSpace: "nowrap", fontSize: 13 }}>
          {t("proof.points", { points: formats.number(whole) })}
        </Box>
      </Box>
      <LinearProgress
        variant="determinate"
        value={whole}
        aria-labelledby={id}
        aria-valuetext={t("proof.points", { points: formats.number(whole) })}
        sx={{ height: 8, borderRadius: 1, bgcolor: "divider", "& .MuiLinearProgress-bar": { borderRadius: 1 } }}
      />
      {detail ? (
        <Typography variant="body2" sx={{ color: "text.secondary", mt: 0.5, wordBreak: "keep-all" }}>
          {detail}
        </Typography>
      ) : null}
    </Box>
  );
}

export function ProofBars({ agent, explained = false }: { agent: AgentSummary; explained?: boolean }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  const { evidence } = agent;
  return (
    <Box sx={{ display: "grid", gap: 2 }}>
      <Typography sx={{ fontWeight: 600, wordBreak: "keep-all" }}>{words(evidence.words)}</Typography>
      {evidence.towards ? (
        <>
          <ProofBar name={t("proof.gain")} detail={explained ? t("proof.gainDetail") : undefined} points={evidence.gain_points} />
          <ProofBar name={t("proof.calibration")} detail={explained ? t("proof.calibrationDetail") : undefined} points={evidence.calibration_points} />
        </>
      ) : null}
    </Box>
  );
}

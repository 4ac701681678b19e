// The four levels as steps: those passed, the present one, the next to earn, and those a person closed.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import type { AgentSummary, Level } from "@/api/types";
import { Eye, Hand, Lock, type LucideIcon, Pin, ShieldCheck, Zap } from "@/components/icons";
import { levels, type Step, stepsOf } from "./trust";

const icons: Record<Level, LucideIcon> = { shadow: Eye, advise: Hand, bounded: ShieldCheck, full: Zap };

function Mark({ level, step, pinned }: { level: Level; step: Step; pinned: boolean }) {
  const { tokens } = useTheme();
  const Icon = step === "closed" ? Lock : step === "present" && pinned ? Pin : icons[level];
  const [color, background, border] = {
    passed: [tokens.accent, tokens.accentSoft, tokens.accentSoft],
    present: [tokens.onAccent, tokens.accent, tokens.accent],
    next: [tokens.accent, tokens.surface, tokens.accent],
    later: [tokens.muted, tokens.surface, tokens.border],
    closed: [tokens.muted, tokens.neutralSoft, tokens.neutralSoft],
  }[step] as [string, string, string];
  return (
    <Box sx={{ width: 36, height: 36, flexShrink: 0, borderRadius: "50%", display: "grid", placeItems: "center", color, background, border: `2px ${step === "next" ? "dashed" : "solid"} ${border}`, zIndex: 1 }}>
      <Icon size={17} strokeWidth={2} aria-hidden />
    </Box>
  );
}

export function LevelLadder({ agent }: { agent: AgentSummary }) {
  const { t } = useTranslation(["agents", "words"]);
  const { tokens } = useTheme();
  const steps = stepsOf(agent);
  const at = levels.indexOf(agent.level);
  return (
    <Box component="ol" aria-label={t("ladder.label")} sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gridTemplateColumns: "repeat(4, minmax(0, 1fr))" }}>
      {levels.map((level, index) => {
        const step = steps[level];
        const line = index < at ? tokens.accent : tokens.border;
        return (
          <Box
            component="li"
            key={level}
            aria-current={step === "present" ? "step" : undefined}
            sx={{
              position: "relative",
              pr: 1.5,
              ...(index < levels.length - 1 && {
                "&::after": { content: '""', position: "absolute", top: 17, left: 36, right: 0, height: 2, background: line },
              }),
            }}
          >
            <Mark level={level} step={step} pinned={agent.pinned} />
            <Box sx={{ mt: 1, fontWeight: step === "present" ? 600 : 400, color: step === "later" || step === "closed" ? "text.secondary" : "text.primary", lineHeight: "20px", wordBreak: "keep-all" }}>
              {t(`words:level.${level}`)}
            </Box>
            <Box sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary", wordBreak: "keep-all" }}>
              {step === "present" && agent.pinned ? t("ladder.pinned") : t(`ladder.${step}`)}
            </Box>
          </Box>
        );
      })}
    </Box>
  );
}

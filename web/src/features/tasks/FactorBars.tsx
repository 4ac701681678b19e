// Why a task has its priority: each factor in words, with a bar for how much it lifts or lowers it.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import type { Factor } from "@/api/machine";
import { useFormats, useWords } from "@/format/useFormats";
import type { Tokens } from "@/theme/palette";
import { barOf, byWeight } from "./factors";

export const known = ["urgency", "value", "dependencies", "resources", "history", "complexity", "age", "boost"] as const;
type Known = (typeof known)[number];
const isKnown = (name: string): name is Known => known.some((one) => one === name);

/** One colour a factor, the same in every row. */
const colourOf = (name: string, tokens: Tokens) => tokens.series[Math.max(0, known.findIndex((one) => one === name)) % 8] ?? tokens.accent;

/** The name of a factor in the reader's language, where it has one. */
export function useFactorName(): (name: string) => string {
  const { t } = useTranslation("tasks");
  return (name) => (isKnown(name) ? t(`factor.${name}`) : name.replaceAll("_", " "));
}

export function FactorBars({ factors }: { factors: readonly Factor[] }) {
  const { t } = useTranslation("tasks");
  const { tokens } = useTheme();
  const formats = useFormats();
  const words = useWords();
  const nameOf = useFactorName();
  return (
    <Box component="ul" aria-label={t("factors")} sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 1.5 }}>
      {byWeight(factors).map((factor) => {
        const { left, width } = barOf(factor.contribution, factors);
        const lowers = factor.contribution < 0;
        return (
          <li key={factor.name}>
            <Box sx={{ display: "flex", alignItems: "baseline", gap: 1 }}>
              <Box component="span" sx={{ fontWeight: 600 }}>
                {nameOf(factor.name)}
              </Box>
              <Box component="span" sx={{ flex: 1, minWidth: 0, fontSize: 13, color: "text.secondary" }}>
                {words(factor.words)}
              </Box>
              <Box component="span" sx={{ fontVariantNumeric: "tabular-nums", fontSize: 13 }}>
                {formats.number(factor.contribution, { maximumFractionDigits: 2, minimumFractionDigits: 2, signDisplay: "exceptZero" })}
              </Box>
            </Box>
            <Box aria-hidden sx={{ position: "relative", height: 6, borderRadius: 1, bgcolor: "divider", mt: 0.5 }}>
              <Box
                sx={{
                  position: "absolute",
                  top: 0,
                  bottom: 0,
                  left: `${left}%`,
                  width: `${width}%`,
                  borderRadius: 1,
                  background: colourOf(factor.name, tokens),
                  opacity: lowers ? 0.6 : 1,
                }}
              />
            </Box>
          </li>
        );
      })}
    </Box>
  );
}

/** The same, small enough for a table: the strongest factors as one bar, told in words beside it. */
export function FactorStrip({ factors }: { factors: readonly Factor[] }) {
  const { tokens } = useTheme();
  const lifting = byWeight(factors).filter(({ contribution }) => contribution > 0);
  const all = lifting.reduce((sum, { contribution }) => sum + contribution, 0) || 1;
  return (
    <Box aria-hidden sx={{ display: "flex", gap: "1px", height: 6, width: 96, borderRadius: 1, overflow: "hidden", bgcolor: "divider" }}>
      {lifting.map(({ name, contribution }) => (
        <Box key={name} sx={{ width: `${(contribution / all) * 100}%`, background: colourOf(name, tokens) }} />
      ))}
    </Box>
  );
}

/** What the colours of the strips mean. */
export function FactorKey() {
  const { t } = useTranslation("tasks");
  const { tokens } = useTheme();
  const nameOf = useFactorName();
  return (
    <Box component="ul" aria-label={t("factors")} sx={{ listStyle: "none", m: 0, p: 0, display: { xs: "none", md: "flex" }, flexWrap: "wrap", columnGap: 2, rowGap: 0.5, fontSize: 12, color: "text.secondary" }}>
      {known.map((name) => (
        <Box component="li" key={name} sx={{ display: "flex", alignItems: "center", gap: 0.75 }}>
          <Box aria-hidden sx={{ width: 10, height: 10, borderRadius: "2px", background: colourOf(name, tokens) }} />
          {nameOf(name)}
        </Box>
      ))}
    </Box>
  );
}

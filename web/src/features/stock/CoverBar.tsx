// Days of cover as a figure over a short bar, full at twelve weeks.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import type { Health } from "@/api/types";
import { healthLooks } from "@/components/Tag";
import { useFormats } from "@/format/useFormats";

const fullDays = 84;

/** How much of the bar is filled, in percent. */
export const filled = (days: number): number => Math.round(Math.min(1, Math.max(0, days / fullDays)) * 100);

export function CoverBar({ days, onHand, health }: { days: number | null; onHand: number; health: Health }) {
  const { t } = useTranslation("stock");
  const { tokens } = useTheme();
  const formats = useFormats();
  const [tone] = healthLooks[health];
  if (days === null)
    return (
      <Box component="span" sx={{ color: "text.secondary" }}>
        {onHand > 0 ? t("noSales") : "–"}
      </Box>
    );
  return (
    <Box component="span" sx={{ display: "block" }}>
      {t("days", { count: days, number: formats.number(days, { maximumFractionDigits: days < 10 ? 1 : 0 }) })}
      <Box component="span" aria-hidden sx={{ display: "block", height: 4, borderRadius: 1, bgcolor: "divider", mt: 0.5, overflow: "hidden" }}>
        <Box component="span" sx={{ display: "block", height: 4, width: `${filled(days)}%`, background: tone === "neutral" || tone === "good" ? tokens.baseline : tokens[tone] }} />
      </Box>
    </Box>
  );
}

// What a decision was worth: realised once measured, else what is expected, in words that tell which.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { DecisionSummary } from "@/api/types";
import { Gain } from "@/components/Gain";

export function Worth({ decision }: { decision: DecisionSummary }) {
  const { t } = useTranslation("decisions");
  const { measured, predicted } = decision;
  return (
    <Box component="span" sx={{ display: "inline-flex", alignItems: "baseline", gap: 0.75, color: "text.secondary", whiteSpace: "nowrap" }}>
      {measured ? t("realised") : t("expected")}
      <Gain value={measured?.gain ?? predicted.mean} unit={predicted.unit} size={13} />
    </Box>
  );
}

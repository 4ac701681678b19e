// Approve or reject what a run waits for.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { Check, X } from "@/components/icons";
import type { RunDeeds } from "./useRunDeeds";

interface SettleButtonsProps {
  wait: { run_id: string; topic: string; text: string };
  /** Tells these buttons from those of the next line, for those who only hear them. */
  name: string;
  deeds: RunDeeds;
}

export function SettleButtons({ wait, name, deeds }: SettleButtonsProps) {
  const { t } = useTranslation(["workflows", "words"]);
  return (
    <Box sx={{ display: "flex", gap: 1, flexShrink: 0 }}>
      <Button startIcon={<X size={15} aria-hidden />} aria-label={t("settle.rejectOne", { name })} onClick={() => deeds.settle(wait, false)}>
        {t("words:action.reject")}
      </Button>
      <Button variant="contained" color="primary" startIcon={<Check size={15} aria-hidden />} aria-label={t("settle.approveOne", { name })} onClick={() => deeds.settle(wait, true)}>
        {t("words:action.approve")}
      </Button>
    </Box>
  );
}

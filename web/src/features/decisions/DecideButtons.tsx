// The buttons that approve or reject a waiting decision.
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import type { Verdict } from "@/api/decisions";
import { Check, X } from "@/components/icons";

export function DecideButtons({ name, onAsk }: { name: string; onAsk: (verdict: Verdict) => void }) {
  const { t } = useTranslation(["words", "decisions"]);
  return (
    <>
      <Button
        color="primary"
        startIcon={<Check size={15} aria-hidden />}
        aria-label={t("decisions:approveOne", { name })}
        onClick={() => onAsk("approve")}
      >
        {t("words:action.approve")}
      </Button>
      <Button startIcon={<X size={15} aria-hidden />} aria-label={t("decisions:rejectOne", { name })} onClick={() => onAsk("reject")}>
        {t("words:action.reject")}
      </Button>
    </>
  );
}

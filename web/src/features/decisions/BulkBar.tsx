// The bar that appears when rows are chosen: what can be done with all of them at once.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import { useTranslation } from "react-i18next";
import type { Verdict } from "@/api/decisions";
import type { DecisionSummary, Status } from "@/api/types";
import { Check, Undo2, X } from "@/components/icons";

interface BulkBarProps {
  chosen: readonly DecisionSummary[];
  onAsk: (verdict: Verdict, decisions: readonly DecisionSummary[]) => void;
  onClear: () => void;
}

export function BulkBar({ chosen, onAsk, onClear }: BulkBarProps) {
  const { t } = useTranslation(["words", "decisions"]);
  const inState = (status: Status) => chosen.filter((decision) => decision.status === status);
  const [waiting, executed] = [inState("waiting"), inState("executed")];
  const of = (verdict: Verdict, count: number) => `${t(`words:action.${verdict}`)} (${count})`;
  return (
    <Box role="status" sx={{ position: "sticky", bottom: { xs: 72, md: 16 }, display: "flex", justifyContent: "center", mt: 2, zIndex: 2 }}>
      {chosen.length ? (
        <Box
          sx={{
            display: "flex",
            flexWrap: "wrap",
            alignItems: "center",
            gap: 1,
            py: 1,
            pl: 2,
            pr: 1,
            borderRadius: 1.5,
            border: 1,
            borderColor: "divider",
            bgcolor: "background.paper",
            boxShadow: "0 8px 24px rgb(0 0 0 / 16%)",
          }}
        >
          <Box component="span" sx={{ fontWeight: 600, mr: 1 }}>
            {t("words:table.selected", { count: chosen.length })}
          </Box>
          <Button variant="contained" color="primary" disabled={!waiting.length} startIcon={<Check size={15} aria-hidden />} onClick={() => onAsk("approve", waiting)}>
            {of("approve", waiting.length)}
          </Button>
          <Button disabled={!waiting.length} startIcon={<X size={15} aria-hidden />} onClick={() => onAsk("reject", waiting)}>
            {of("reject", waiting.length)}
          </Button>
          <Button disabled={!executed.length} startIcon={<Undo2 size={15} aria-hidden />} onClick={() => onAsk("undo", executed)}>
            {of("undo", executed.length)}
          </Button>
          <IconButton size="small" aria-label={t("words:table.clearSelection")} onClick={onClear}>
            <X size={16} aria-hidden />
          </IconButton>
        </Box>
      ) : null}
    </Box>
  );
}

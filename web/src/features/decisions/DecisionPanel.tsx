// One decision beside the list, at an address of its own.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useParams } from "react-router";
import { useGetDecisionQuery, type Verdict } from "@/api/decisions";
import type { Decision } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Check, Undo2, X } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { usePageTitle } from "@/components/Page";
import { SidePanel } from "@/components/SidePanel";
import { useWords } from "@/format/useFormats";
import { DecisionDetail } from "./DecisionDetail";
import { useDecide } from "./useDecide";

function Waiting() {
  return (
    <Box aria-busy sx={{ display: "grid", gap: 2 }}>
      {[56, 72, 300, 120, 160].map((height) => (
        <Skeleton key={height} variant="rounded" height={height} />
      ))}
    </Box>
  );
}

function Deeds({ decision, onAsk }: { decision: Decision; onAsk: (verdict: Verdict) => void }) {
  const { t } = useTranslation("words");
  const { can } = decision;
  return (
    <Box sx={{ display: "flex", gap: 1, justifyContent: "flex-end" }}>
      {can.undo ? (
        <Button startIcon={<Undo2 size={15} aria-hidden />} onClick={() => onAsk("undo")}>
          {t("action.undo")}
        </Button>
      ) : null}
      {can.reject ? (
        <Button startIcon={<X size={15} aria-hidden />} onClick={() => onAsk("reject")}>
          {t("action.reject")}
        </Button>
      ) : null}
      {can.approve ? (
        <Button variant="contained" color="primary" startIcon={<Check size={15} aria-hidden />} onClick={() => onAsk("approve")}>
          {t("action.approve")}
        </Button>
      ) : null}
    </Box>
  );
}

export default function DecisionPanel() {
  const { t } = useTranslation("decisions");
  const { id = "" } = useParams();
  const { search } = useLocation();
  const navigate = useNavigate();
  const words = useWords();
  const manage = mayManage(usePerson());
  const { currentData: decision, error, refetch } = useGetDecisionQuery(id);
  const { ask, dialog } = useDecide();
  usePageTitle(decision ? words(decision.subject.label) : t("detail.name"));
  const possible = decision && manage && Object.values(decision.can).some(Boolean);
  return (
    <SidePanel
      title={decision ? words(decision.subject.label) : t("detail.name")}
      onClose={() => void navigate(`/decisions${search}`)}
      footer={possible ? <Deeds decision={decision} onAsk={(verdict) => ask({ verdict, decisions: [decision] })} /> : undefined}
    >
      {decision ? <DecisionDetail decision={decision} /> : error ? <ErrorState error={error} retry={refetch} /> : <Waiting />}
      {dialog}
    </SidePanel>
  );
}

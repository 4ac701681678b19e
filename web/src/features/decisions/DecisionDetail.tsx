// Everything about one decision: the sentence, why, what was seen, which limits it passed, and what came of it.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Decision } from "@/api/types";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusTag } from "@/components/Tag";
import { useWords } from "@/format/useFormats";
import { AllowedBy } from "./AllowedBy";
import { EvidenceChart } from "./EvidenceChart";
import { Facts } from "./Facts";
import { Guards } from "./Guards";
import { Outcome } from "./Outcome";
import { Timeline } from "./Timeline";

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" sx={{ mt: 3 }}>
      <Typography variant="h3" sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}

function Choice({ label, text, strong = false }: { label: string; text: string; strong?: boolean }) {
  return (
    <Box sx={(theme) => ({ p: 1.5, borderRadius: 1, border: 1, borderColor: strong ? "primary.main" : "divider", background: strong ? theme.tokens.accentSoft : undefined })}>
      <Typography variant="caption" component="div" sx={{ color: strong ? "primary.main" : "text.secondary", fontWeight: strong ? 600 : 400, mb: 0.25 }}>
        {label}
      </Typography>
      {text}
    </Box>
  );
}

export function DecisionDetail({ decision }: { decision: Decision }) {
  const { t } = useTranslation("decisions");
  const words = useWords();
  return (
    <>
      <Typography variant="h1" component="h2" sx={{ fontSize: 18, lineHeight: "26px", wordBreak: "keep-all" }}>
        {words(decision.summary)}
      </Typography>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.5, mt: 1, color: "text.secondary", fontSize: 13 }}>
        <StatusTag status={decision.status} />
        <RelativeTime at={decision.created_at} />
        {decision.allowed_by ? (
          <Box component="span" sx={{ display: "inline-flex", gap: 0.75 }}>
            {t("detail.allowedBy")} <AllowedBy decision={decision} />
          </Box>
        ) : null}
      </Box>

      <Part title={t("detail.outcome")}>
        <Outcome decision={decision} />
      </Part>
      <Part title={t("detail.reason")}>
        <Typography sx={{ wordBreak: "keep-all" }}>{words(decision.reason)}</Typography>
        <Box sx={{ display: "grid", gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr" }, gap: 1, mt: 1.5 }}>
          <Choice strong label={t("detail.action")} text={words(decision.action.summary)} />
          <Choice label={t("detail.instead")} text={words(decision.baseline.summary)} />
        </Box>
      </Part>
      <Part title={t("detail.evidence")}>
        <EvidenceChart decision={decision} />
        <Facts decision={decision} />
      </Part>
      <Part title={t("detail.guards")}>
        <Guards guards={decision.guards} />
      </Part>
      <Part title={t("detail.history")}>
        <Timeline entries={decision.timeline} />
      </Part>
      <Typography variant="caption" component="p" sx={{ mt: 3, color: "text.secondary", overflowWrap: "anywhere" }}>
        {t("detail.reference", { id: decision.id, version: decision.forecast_version || "–" })}
      </Typography>
    </>
  );
}

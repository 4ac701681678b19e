// An agent in four figures: what it gains, how often it decided, what waits, and how honest its estimates are.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { AgentSummary } from "@/api/types";
import { Gain } from "@/components/Gain";
import { useCurrency, useFormats } from "@/format/useFormats";

function Figure({ name, detail, children }: { name: string; detail: string; children: ReactNode }) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box component="dt" sx={{ fontSize: 13, color: "text.secondary" }}>
        {name}
      </Box>
      <Box component="dd" sx={{ m: 0 }}>
        <Box sx={{ fontSize: 20, lineHeight: "28px", fontWeight: 600, letterSpacing: "-0.01em", fontVariantNumeric: "tabular-nums" }}>{children}</Box>
        <Box sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary", wordBreak: "keep-all" }}>{detail}</Box>
      </Box>
    </Box>
  );
}

export function AgentFigures({ agent }: { agent: AgentSummary }) {
  const { t } = useTranslation("agents");
  const formats = useFormats();
  const currency = useCurrency();
  return (
    <Box component="dl" sx={{ m: 0, display: "grid", gap: 2, gridTemplateColumns: { xs: "repeat(2, minmax(0, 1fr))", md: "repeat(4, minmax(0, 1fr))" } }}>
      <Figure name={t("figures.earned")} detail={t("figures.earnedDetail")}>
        {agent.gain_mean === null ? "–" : <Gain value={agent.gain_mean} unit={currency} size={20} />}
      </Figure>
      <Figure name={t("figures.decisions")} detail={t("figures.decisionsDetail")}>
        <Box component={Link} to={`/decisions?agent=${agent.name}`} sx={{ color: "inherit", textDecoration: "none", "&:hover": { textDecoration: "underline" } }}>
          {formats.number(agent.decisions)}
        </Box>
      </Figure>
      <Figure name={t("figures.waiting")} detail={agent.waiting ? t("figures.waitingDetail") : t("figures.nothingWaits")}>
        {agent.waiting ? (
          <Box component={Link} to={`/decisions?status=waiting&agent=${agent.name}`} sx={{ color: "primary.main", textDecoration: "none", "&:hover": { textDecoration: "underline" } }}>
            {formats.number(agent.waiting)}
          </Box>
        ) : (
          formats.number(0)
        )}
      </Figure>
      <Figure name={t("figures.coverage")} detail={agent.coverage === null ? t("figures.noCoverage") : t("figures.coverageDetail")}>
        {agent.coverage === null ? "–" : formats.percent(agent.coverage)}
      </Figure>
    </Box>
  );
}

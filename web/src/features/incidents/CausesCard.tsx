// Why it probably happened: the causes, likeliest first, each with its evidence.
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import { useTranslation } from "react-i18next";
import type { IncidentDetail } from "@/api/machine";
import { Card } from "@/components/Card";
import { Search } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { useFormats, useWords } from "@/format/useFormats";
import { useRecoveryNames } from "./useNames";

/** A probability below this would be shown as 0 %. */
const least = 0.005;

export function CausesCard({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const words = useWords();
  const formats = useFormats();
  const names = useRecoveryNames();
  const causes = incident.causes.filter(({ probability }) => probability >= least).sort((a, b) => b.probability - a.probability);
  return (
    <Card title={t(incident.run_id ? "causes.certain" : "causes.title")}>
      {causes.length === 0 ? (
        <EmptyState icon={Search} title={t("causes.emptyTitle")} compact>
          {t(incident.status === "resolved" ? "causes.emptyResolved" : "causes.emptyDetail")}
        </EmptyState>
      ) : (
        <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 2.5 }}>
          {causes.map(({ component, probability, evidence }, index) => (
            <li key={component}>
              <Box sx={{ display: "flex", gap: 1, alignItems: "baseline" }}>
                <Box component="span" sx={{ color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
                  {index + 1}
                </Box>
                <Box component="span" sx={{ flex: 1, minWidth: 0, fontWeight: index === 0 ? 600 : 400, overflowWrap: "anywhere" }}>
                  {incident.run_id ? component : names.part(component)}
                </Box>
                {incident.run_id ? null : (
                  <Box component="span" sx={{ fontVariantNumeric: "tabular-nums" }}>
                    {formats.percent(probability)}
                  </Box>
                )}
              </Box>
              {incident.run_id ? null : (
                <LinearProgress
                  variant="determinate"
                  value={Math.min(100, probability * 100)}
                  aria-label={t("causes.probability", { component })}
                  aria-valuetext={formats.percent(probability)}
                  sx={({ tokens }) => ({ height: 6, borderRadius: 1, bgcolor: "divider", my: 0.75, "& .MuiLinearProgress-bar": { borderRadius: 1, background: index === 0 ? tokens.accent : tokens.baseline } })}
                />
              )}
              <Box component="ul" sx={{ m: 0, pl: 2.5, color: "text.secondary", fontSize: 13 }}>
                {evidence.map((one) => (
                  <li key={one.en}>{words(one)}</li>
                ))}
              </Box>
            </li>
          ))}
        </Box>
      )}
    </Card>
  );
}

// What was tried, in which of the four layers of recovery, and whether it helped.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { IncidentDetail } from "@/api/machine";
import { Card } from "@/components/Card";
import { CircleCheck, CircleX, Hand, RefreshCw } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { Tag, type Tone } from "@/components/Tag";
import { useFormats } from "@/format/useFormats";
import { useRecoveryNames } from "./useNames";

type Tried = IncidentDetail["actions"][number];

const layers = [1, 2, 3, 4] as const;
const helped = (outcome: string) => outcome === "recovered" || outcome === "succeeded";

function OutcomeTag({ tried }: { tried: Tried }) {
  const names = useRecoveryNames();
  const [tone, icon]: [Tone, typeof CircleCheck] = helped(tried.outcome) ? ["good", CircleCheck] : tried.ended_at ? ["bad", CircleX] : ["info", RefreshCw];
  return (
    <Tag tone={tone} icon={icon}>
      {names.outcome(tried.outcome || "running")}
    </Tag>
  );
}

export function TriedCard({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const names = useRecoveryNames();
  const reached = Math.max(0, ...incident.actions.map(({ layer }) => layer));
  const took = ({ started_at: from, ended_at: to }: Tried) => (to ? formats.duration((Date.parse(to) - Date.parse(from)) / 1000) : "");
  return (
    <Card title={t("tried.title")}>
      {incident.actions.length === 0 ? (
        <EmptyState icon={Hand} title={t("tried.emptyTitle")} compact>
          {t("tried.emptyDetail")}
        </EmptyState>
      ) : (
        <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 1.5 }}>
          {layers
            .filter((layer) => layer <= reached)
            .map((layer) => (
              <Box component="li" key={layer} sx={{ display: "grid", gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "180px minmax(0, 1fr)" }, columnGap: 2, rowGap: 0.5, pb: 1.5, borderBottom: layer < reached ? 1 : 0, borderColor: "divider" }}>
                <Box>
                  <Box sx={{ fontWeight: 600 }}>{t("tried.layer", { layer })}</Box>
                  <Box sx={{ fontSize: 12, color: "text.secondary" }}>{t(`layer.${layer}`)}</Box>
                </Box>
                <Box sx={{ display: "grid", gap: 1 }}>
                  {incident.actions
                    .filter((one) => one.layer === layer)
                    .map((one) => (
                      <Box key={one.started_at + one.action} sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
                        <Box sx={{ flex: 1, minWidth: 140 }}>{names.action(one.action)}</Box>
                        <Box sx={{ fontSize: 13, color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>{[formats.timeOfDay(one.started_at), took(one)].filter(Boolean).join(" · ")}</Box>
                        <OutcomeTag tried={one} />
                      </Box>
                    ))}
                </Box>
              </Box>
            ))}
        </Box>
      )}
    </Card>
  );
}

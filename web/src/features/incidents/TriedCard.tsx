// What was tried, in which of the four layers of recovery, and whether it helped.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { IncidentDetail, Layer, Tried } from "@/api/machine";
import { Card } from "@/components/Card";
import { CircleAlert, CircleCheck, CircleDashed, CircleX, Hand, type LucideIcon, RefreshCw, RotateCcw } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { Tag, type Tone } from "@/components/Tag";
import { useFormats } from "@/format/useFormats";
import { useRecoveryNames } from "./useNames";

/** From the gentlest to the deepest; recovery goes down as an incident grows older. */
const layers: readonly Layer[] = ["reroute", "alternative", "degrade", "restore"];

const looks: Record<Tried["outcome"], readonly [Tone, LucideIcon]> = {
  running: ["info", RefreshCw],
  recovered: ["good", CircleCheck],
  no_effect: ["neutral", CircleX],
  failed: ["bad", CircleAlert],
  relapsed: ["warn", RotateCcw],
  superseded: ["neutral", CircleDashed],
};

function OutcomeTag({ tried }: { tried: Tried }) {
  const { t } = useTranslation("incidents");
  const [tone, icon] = looks[tried.outcome] ?? looks.running;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`outcome.${tried.outcome}`)}
    </Tag>
  );
}

export function TriedCard({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const names = useRecoveryNames();
  const reached = layers.filter((layer) => incident.actions.some((one) => one.layer === layer));
  const took = ({ started_at: from, ended_at: to }: Tried) => (to ? formats.duration((Date.parse(to) - Date.parse(from)) / 1000) : "");
  const waits = incident.status === "open" || incident.status === "recovering";
  return (
    <Card title={t("tried.title")}>
      {incident.actions.length === 0 ? (
        <EmptyState icon={Hand} title={t(waits ? "tried.emptyTitle" : "tried.nothingTitle")} compact>
          {t(waits ? "tried.emptyDetail" : incident.status === "resolved" ? "tried.nothingNeeded" : "tried.onlyPerson")}
        </EmptyState>
      ) : (
        <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 1.5 }}>
          {reached.map((layer, index) => (
            <Box component="li" key={layer} sx={{ display: "grid", gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "180px minmax(0, 1fr)" }, columnGap: 2, rowGap: 0.5, pb: 1.5, borderBottom: index < reached.length - 1 ? 1 : 0, borderColor: "divider" }}>
              <Box>
                <Box sx={{ fontWeight: 600 }}>{t(`layer.${layer}`)}</Box>
                <Box sx={{ fontSize: 12, color: "text.secondary" }}>{t(`layerDetail.${layer}`)}</Box>
              </Box>
              <Box sx={{ display: "grid", gap: 1 }}>
                {incident.actions
                  .filter((one) => one.layer === layer)
                  .map((one) => (
                    <Box key={one.started_at + one.action} sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
                      <Box sx={{ flex: 1, minWidth: 140 }}>{one.target === incident.component ? names.action(one.action) : `${names.action(one.action)} · ${names.part(one.target)}`}</Box>
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

// What a person can do about an incident that only a person can end.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { IncidentDetail } from "@/api/machine";
import { Card } from "@/components/Card";

const advised = ["rollback_failed", "run_stuck", "quarantined"] as const;
type Advised = (typeof advised)[number];

const kindOf = ({ kind }: IncidentDetail): Advised | undefined => advised.find((one) => one === kind);

export const isAdvised = (incident: IncidentDetail): boolean => incident.status !== "resolved" && kindOf(incident) !== undefined;

export function AdviceCard({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const kind = kindOf(incident);
  if (!kind) return null;
  const place = incident.run_id ? `/workflows/${encodeURIComponent(incident.run_id)}` : "/agents";
  return (
    <Card title={t("advice.title")}>
      <Box component="ol" sx={{ m: 0, pl: 2.5, display: "grid", gap: 0.75 }}>
        {(["first", "second", "third"] as const).map((step) => (
          <li key={step}>{t(`advice.${kind}.${step}`)}</li>
        ))}
      </Box>
      <Button component={Link} to={place} variant="contained" color="primary" sx={{ mt: 2 }}>
        {t(incident.run_id ? "run.open" : "advice.agents")}
      </Button>
    </Card>
  );
}

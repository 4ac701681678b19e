// The playbooks: which action mends which kind of incident, learned from what was tried.
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { useListPlaybooksQuery } from "@/api/incidents";
import type { Playbook } from "@/api/machine";
import { Card } from "@/components/Card";
import { Bookmark } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { useFormats } from "@/format/useFormats";
import { useRecoveryNames } from "./useNames";

function PlaybookCard({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const names = useRecoveryNames();
  const actions = [...playbook.actions].sort((a, b) => b.probability_best - a.probability_best);
  return (
    <Card title={names.situation(playbook.incident_kind)}>
      <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 1.5 }}>
        {actions.map((one) => (
          <li key={one.action}>
            <Box sx={{ display: "flex", gap: 1, alignItems: "baseline" }}>
              <Box sx={{ flex: 1 }}>{names.action(one.action)}</Box>
              <Box sx={{ fontSize: 13, color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
                {t("playbook.tried", { successes: one.successes, count: one.tries })}
                {one.mean_recovery_s === null ? "" : ` · ${formats.duration(one.mean_recovery_s)}`}
              </Box>
            </Box>
            <LinearProgress
              variant="determinate"
              value={Math.min(100, one.probability_best * 100)}
              aria-label={t("playbook.best", { action: names.action(one.action) })}
              aria-valuetext={formats.percent(one.probability_best)}
              sx={{ height: 6, borderRadius: 1, bgcolor: "divider", mt: 0.5, "& .MuiLinearProgress-bar": { borderRadius: 1 } }}
            />
            <Box sx={{ fontSize: 12, color: "text.secondary", mt: 0.25 }}>{t("playbook.bestShare", { share: formats.percent(one.probability_best) })}</Box>
          </li>
        ))}
      </Box>
    </Card>
  );
}

export function PlaybooksTab() {
  const { t } = useTranslation("incidents");
  const { data, error, refetch } = useListPlaybooksQuery();
  const grid = { display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(2, minmax(0, 1fr))", lg: "repeat(3, minmax(0, 1fr))" } };
  if (error && !data)
    return (
      <Card>
        <ErrorState error={error} retry={refetch} />
      </Card>
    );
  if (!data)
    return (
      <Box sx={grid}>
        {["a", "b", "c"].map((key) => (
          <Skeleton key={key} variant="rounded" height={210} />
        ))}
      </Box>
    );
  if (data.items.length === 0)
    return (
      <Card>
        <EmptyState icon={Bookmark} title={t("playbook.emptyTitle")}>
          {t("playbook.emptyDetail")}
        </EmptyState>
      </Card>
    );
  return (
    <Box sx={grid}>
      {data.items.map((playbook) => (
        <PlaybookCard key={playbook.incident_kind} playbook={playbook} />
      ))}
    </Box>
  );
}

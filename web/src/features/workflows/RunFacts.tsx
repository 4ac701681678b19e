// The facts of a run: how far it is, how long it took against what was expected, and what holds it up.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { RunDetail } from "@/api/machine";
import { Card } from "@/components/Card";
import { fact, FactList } from "@/components/FactList";
import { Gauge } from "@/components/icons";
import { WallTime } from "@/components/RelativeTime";
import { useFormats, useWords } from "@/format/useFormats";
import { RunProgress } from "./runColumns";

/** Seconds that the critical path was expected to take; what did not come to its end tells nothing of it. */
export function expectedSeconds(run: RunDetail): number | null {
  if (run.ended_at && run.status !== "succeeded") return null;
  const known = new Map(run.steps.map((step) => [step.name, step]));
  const means = run.critical_path.map((name) => known.get(name)?.estimate_s?.median);
  if (means.length === 0 || means.some((mean) => mean === undefined)) return null;
  return means.reduce<number>((sum, mean) => sum + (mean ?? 0), 0);
}

export const RunLink = ({ id }: { id: string }) => (
  <Box component={Link} to={`/workflows/${encodeURIComponent(id)}`} sx={{ color: "primary.main" }}>
    {id}
  </Box>
);

export function RunFacts({ run }: { run: RunDetail }) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const words = useWords();
  const expected = expectedSeconds(run);
  const { estimate } = run;
  return (
    <Card sx={{ mb: 2 }}>
      <FactList
        least={150}
        facts={[
          fact(t("column.progress"), <RunProgress run={run} width={130} />),
          fact(t("column.started"), run.started_at ? <WallTime at={run.started_at} /> : null),
          fact(run.ended_at ? t("time.took") : t("time.soFar"), formats.duration(run.so_far_s)),
          fact(t("time.expected"), expected === null ? null : formats.duration(expected)),
          fact(
            t("time.ends"),
            estimate ? (
              <>
                <WallTime at={estimate.ends_at} />
                <Box component="span" sx={{ display: "block", fontSize: 12, fontWeight: 400, color: "text.secondary" }}>
                  {formats.between(estimate.low, estimate.high)}
                </Box>
              </>
            ) : null,
          ),
          fact(t("column.executor"), run.executor),
          fact(t("column.version"), run.version),
          fact(t("parent"), run.parent_id ? <RunLink id={run.parent_id} /> : null),
          fact(t("restartedFrom"), run.restarted_from ? <RunLink id={run.restarted_from} /> : null),
        ]}
      />
      {run.bottleneck ? (
        <Box sx={{ display: "flex", gap: 1, mt: 2, pt: 2, borderTop: 1, borderColor: "divider", color: "text.secondary", alignItems: "center" }}>
          <Gauge size={16} aria-hidden />
          <span>{`${t("bottleneck")} ${words(run.bottleneck.words)}`}</span>
        </Box>
      ) : null}
    </Card>
  );
}

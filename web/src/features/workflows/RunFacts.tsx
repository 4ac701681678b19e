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
import { ganttOf, lifeSeconds, paceOf } from "./runTime";
import { useRunNow } from "./useRunNow";

/** Seconds of life that the critical path was expected to take. */
export function expectedSeconds(run: RunDetail): number | null {
  const known = new Map(run.steps.map((step) => [step.name, step]));
  const means = run.critical_path.map((name) => known.get(name)?.estimate_s?.mean);
  if (means.length === 0 || means.some((mean) => mean === undefined)) return null;
  return means.reduce<number>((sum, mean) => sum + (mean ?? 0), 0);
}

/** Seconds of life over all steps, where the clock of a simulated shop was held meanwhile. */
function spanOf(run: RunDetail): number {
  const { from, bars } = ganttOf(run.steps, 0, true);
  return Math.max(0, ...bars.map(({ to }) => to - from)) / 1000;
}

export function RunFacts({ run }: { run: RunDetail }) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const words = useWords();
  const now = useRunNow(run);
  const pace = paceOf(run.steps);
  const took = run.took_s ?? (pace > 0 ? lifeSeconds(run, now, pace) : spanOf(run));
  const expected = expectedSeconds(run);
  const { estimate } = run;
  return (
    <Card sx={{ mb: 2 }}>
      <FactList
        least={150}
        facts={[
          fact(t("column.progress"), <RunProgress run={run} />),
          fact(t("column.started"), run.started_at ? <WallTime at={run.started_at} /> : null),
          fact(run.ended_at ? t("time.took") : t("time.soFar"), took === null ? null : formats.duration(took)),
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
          fact(
            t("parent"),
            run.parent_id ? (
              <Box component={Link} to={`/workflows/${encodeURIComponent(run.parent_id)}`} sx={{ color: "primary.main" }}>
                {run.parent_id}
              </Box>
            ) : null,
          ),
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

// The columns of the table of runs, and the same as a card on a phone.
import Box from "@mui/material/Box";
import Tooltip from "@mui/material/Tooltip";
import { useTranslation } from "react-i18next";
import type { Run } from "@/api/machine";
import type { Column } from "@/components/DataTable";
import { ProgressBar } from "@/components/ProgressBar";
import { WallTime } from "@/components/RelativeTime";
import type { Tone } from "@/components/Tag";
import { useFormats } from "@/format/useFormats";
import { RunTag } from "./runTags";

/** How long it took; while it runs, when it is expected to end, with the interval on hover. */
export function RunTime({ run }: { run: Run }) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const { estimate } = run;
  if (run.took_s !== null) return formats.duration(run.took_s);
  if (!estimate) return "–";
  return (
    <Tooltip title={t("time.between", { range: formats.between(estimate.low, estimate.high) })}>
      <span>
        {`${t("time.ends")} `}
        <WallTime at={estimate.ends_at} />
      </span>
    </Tooltip>
  );
}

const tones: Partial<Record<Run["status"], Tone>> = { succeeded: "good", failed: "bad", stuck: "warn", cancelled: "neutral" };

export function RunProgress({ run, width }: { run: Run; width?: number | string }) {
  const { t } = useTranslation("workflows");
  return <ProgressBar label={t("progress", { name: `${run.workflow} ${run.id}` })} progress={run.progress} tone={tones[run.status] ?? "accent"} width={width} />;
}

export function useRunColumns(): Column<Run>[] {
  const { t } = useTranslation("workflows");
  return [
    {
      key: "run",
      header: t("column.run"),
      width: "26%",
      cell: (run) => (
        <>
          <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
            {run.workflow}
          </Box>
          <Box component="span" sx={{ fontSize: 12, color: "text.secondary", overflowWrap: "anywhere" }}>
            {run.id}
          </Box>
        </>
      ),
    },
    {
      key: "status",
      header: t("column.status"),
      width: 150,
      cell: (run) => (
        <Tooltip title={run.error ?? run.reason ?? ""}>
          <span>
            <RunTag status={run.status} />
          </span>
        </Tooltip>
      ),
    },
    { key: "progress", header: t("column.progress"), width: 190, cell: (run) => <RunProgress run={run} width={170} /> },
    { key: "time", header: t("column.time"), align: "right", cell: (run) => <RunTime run={run} /> },
    { key: "started", header: t("column.started"), align: "right", from: "md", cell: (run) => (run.started_at ? <WallTime at={run.started_at} /> : "–") },
    { key: "executor", header: t("column.executor"), from: "lg", cell: (run) => run.executor ?? "–" },
    { key: "version", header: t("column.version"), align: "right", from: "lg", cell: (run) => run.version },
  ];
}

export function RunCard({ run }: { run: Run }) {
  return (
    <>
      <Box sx={{ display: "flex", alignItems: "flex-start", gap: 1 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Box sx={{ fontWeight: 600 }}>{run.workflow}</Box>
          <Box sx={{ fontSize: 12, color: "text.secondary", overflowWrap: "anywhere" }}>{run.id}</Box>
        </Box>
        <RunTag status={run.status} />
      </Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 2, mt: 0.75, fontSize: 13, color: "text.secondary" }}>
        <RunProgress run={run} width={150} />
        <RunTime run={run} />
      </Box>
    </>
  );
}

// The executors: the processes that carry the runs, their heartbeats, who took over from whom, and how one is drained.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import type { Executor } from "@/api/machine";
import { useDrainExecutorMutation, useListExecutorsQuery } from "@/api/workers";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { Hand, Server } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { useAsk } from "@/components/useAsk";
import { useFormats } from "@/format/useFormats";
import { ExecutorTag } from "./workerTags";

export function ExecutorsTab() {
  const { t } = useTranslation("workers");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const { data, error, refetch } = useListExecutorsQuery(undefined, polling(2));
  const [drain] = useDrainExecutorMutation();
  const { ask, dialog } = useAsk();
  const deed = (one: Executor) =>
    manage && one.state === "live" ? (
      <Button
        startIcon={<Hand size={15} aria-hidden />}
        aria-label={t("drain.one", { name: one.id })}
        onClick={() => ask({ title: t("drain.title", { name: one.id }), detail: t("drain.detail"), confirm: t("drain.confirm"), tone: "error", done: t("drain.done"), act: () => drain(one.id).unwrap() })}
      >
        {t("drain.confirm")}
      </Button>
    ) : null;
  const columns: Column<Executor>[] = [
    {
      key: "executor",
      header: t("column.executor"),
      cell: (one) => (
        <>
          <Box component="span" sx={{ display: "block", fontWeight: 600, overflowWrap: "anywhere" }}>
            {one.id}
          </Box>
          <Box component="span" sx={{ fontSize: 12, color: "text.secondary" }}>{`${one.host} · ${one.pid}`}</Box>
        </>
      ),
    },
    { key: "state", header: t("column.state"), width: 130, cell: (one) => <ExecutorTag state={one.state} /> },
    { key: "heartbeat", header: t("column.heartbeat"), align: "right", cell: (one) => <WallTime at={one.heartbeat_at} /> },
    { key: "runs", header: t("column.runs"), align: "right", cell: (one) => formats.number(one.runs) },
    { key: "workflows", header: t("column.workflows"), from: "lg", cell: (one) => <Box sx={{ fontSize: 13, color: "text.secondary" }}>{one.workflows.join(", ")}</Box> },
    { key: "started", header: t("column.started"), align: "right", from: "md", cell: (one) => <WallTime at={one.started_at} /> },
    { key: "taken", header: t("column.takenOverBy"), from: "md", cell: (one) => one.taken_over_by ?? "–" },
    ...(manage ? [{ key: "drain", header: t("column.deed"), align: "right" as const, cell: deed }] : []),
  ];
  return (
    <Card flush>
      {error && !data ? (
        <ErrorState error={error} retry={refetch} />
      ) : (
        <DataTable
          label={t("tab.executors")}
          columns={columns}
          rows={data?.items}
          waitingRows={4}
          rowKey={({ id }) => id}
          card={(one) => (
            <>
              <Box sx={{ display: "flex", gap: 1 }}>
                <Box sx={{ flex: 1, fontWeight: 600, overflowWrap: "anywhere" }}>{one.id}</Box>
                <ExecutorTag state={one.state} />
              </Box>
              <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 1.5, fontSize: 13, color: "text.secondary", my: 0.5 }}>
                <span>{t("runsCount", { count: one.runs })}</span>
                <WallTime at={one.heartbeat_at} />
                {one.taken_over_by ? <span>{`${t("column.takenOverBy")} ${one.taken_over_by}`}</span> : null}
              </Box>
              {deed(one)}
            </>
          )}
          empty={
            <EmptyState icon={Server} title={t("executorsEmpty.title")}>
              {t("executorsEmpty.detail")}
            </EmptyState>
          }
        />
      )}
      <Box sx={{ px: 2.5, py: 1.5, fontSize: 13, color: "text.secondary" }}>{t("executorsNote")}</Box>
      {dialog}
    </Card>
  );
}

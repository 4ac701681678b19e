// The executors: the processes that carry the runs, their heartbeats, who took over from whom, and how one is drained.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Executor } from "@/api/machine";
import { useListExecutorsQuery } from "@/api/workers";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { Hand, Server } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { useFormats } from "@/format/useFormats";
import { DrainDialog } from "./DrainDialog";
import { ExecutorTag } from "./workerTags";

const order: readonly Executor["state"][] = ["live", "draining", "lost", "gone"];
const isFormer = ({ state }: Executor) => state === "lost" || state === "gone";

/** Those that work first; of each state the one that beat last. */
export const inOrder = (executors: readonly Executor[]): Executor[] =>
  [...executors].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.heartbeat_at.localeCompare(a.heartbeat_at));

export function ExecutorsTab() {
  const { t } = useTranslation("workers");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const { data, error, refetch } = useListExecutorsQuery(undefined, polling(2));
  const [leaving, setLeaving] = useState("");
  const [all, setAll] = useState(false);
  const found = data && inOrder(data.items);
  const former = found?.filter(isFormer).length ?? 0;
  const shown = all || former === found?.length ? found : found?.filter((one) => !isFormer(one));
  const deed = (one: Executor) =>
    manage && one.state === "live" ? (
      <Button
        startIcon={<Hand size={15} aria-hidden />}
        aria-label={t("drain.one", { name: one.id })}
        onClick={() => setLeaving(one.id)}
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
          rows={shown}
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
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, px: 2.5, py: 1.5, fontSize: 13, color: "text.secondary" }}>
        <Box sx={{ flex: "1 1 320px" }}>{t("executorsNote")}</Box>
        {former > 0 && former < (found?.length ?? 0) ? (
          <Button aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t("former.hide") : t("former.show", { count: former })}
          </Button>
        ) : null}
      </Box>
      {data?.items.map((one) => (one.id === leaving ? <DrainDialog key={one.id} executor={one} onClose={() => setLeaving("")} /> : null))}
    </Card>
  );
}

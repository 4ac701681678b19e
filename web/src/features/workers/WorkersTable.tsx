// The table of workers: state, load, speed and what each has done; a manager may retire one.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Worker, WorkerPool } from "@/api/machine";
import { useRetireWorkerMutation } from "@/api/workers";
import { mayManage, usePerson } from "@/app/person";
import { type Column, DataTable } from "@/components/DataTable";
import { Cpu, LogOut } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { WallTime } from "@/components/RelativeTime";
import { useAsk } from "@/components/useAsk";
import { useFormats } from "@/format/useFormats";
import { WorkerTag } from "./workerTags";

const first = 60;
const rank: Record<Worker["state"], number> = { lost: 0, busy: 1, idle: 2, retired: 3 };

function Share({ share, text, label }: { share: number; text: string; label: string }) {
  return (
    <Box sx={{ display: "grid", gap: 0.5, width: 110 }}>
      <Box component="span" sx={{ fontSize: 13 }}>
        {text}
      </Box>
      <LinearProgress
        variant="determinate"
        value={Math.min(100, share * 100)}
        aria-label={label}
        aria-valuetext={text}
        sx={({ tokens }) => ({ height: 4, borderRadius: 1, bgcolor: "divider", "& .MuiLinearProgress-bar": { background: share > 0.9 ? tokens.warn : tokens.accent } })}
      />
    </Box>
  );
}

function Memory({ worker }: { worker: Worker }) {
  const { t } = useTranslation("workers");
  const formats = useFormats();
  const { memory_bytes: used, memory_limit_bytes: limit } = worker;
  if (used === null) return "–";
  if (!limit) return formats.bytes(used);
  return <Share share={used / limit} text={t("memoryOf", { used: formats.bytes(used), limit: formats.bytes(limit) })} label={t("column.memory")} />;
}

export function WorkersTable({ pool }: { pool: WorkerPool }) {
  const workers = pool.items;
  const { t } = useTranslation("workers");
  const formats = useFormats();
  const manage = mayManage(usePerson());
  const [all, setAll] = useState(false);
  const [retire] = useRetireWorkerMutation();
  const { ask, dialog } = useAsk();
  const sorted = useMemo(() => [...workers].sort((a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name, "en", { numeric: true })), [workers]);
  const isLast = workers.filter(({ state }) => state === "busy" || state === "idle").length === 1;
  const cpu = (worker: Worker) => (worker.cpu_percent === null ? "–" : <Share share={worker.cpu_percent / 100} text={formats.percent(worker.cpu_percent / 100)} label={t("column.cpu")} />);
  const leave = (worker: Worker) =>
    manage && worker.state !== "retired" ? (
      <Button
        startIcon={<LogOut size={15} aria-hidden />}
        aria-label={t("retire.one", { name: worker.name })}
        onClick={() =>
          ask({ title: t("retire.title", { name: worker.name }), detail: isLast ? `${t("retire.detail")} ${t("retire.last", { duration: formats.duration(pool.patience_s) })}` : t("retire.detail"), confirm: t("retire.confirm"), tone: "error", done: t("retire.done"), act: () => retire(worker.name).unwrap() })
        }
      >
        {t("retire.confirm")}
      </Button>
    ) : null;
  const columns: Column<Worker>[] = [
    {
      key: "worker",
      header: t("column.worker"),
      cell: (worker) => (
        <>
          <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
            {worker.name}
          </Box>
          <Box component="span" sx={{ fontSize: 12, color: "text.secondary" }}>
            {[t(`kind.${worker.kind}`), worker.address, ...Object.entries(worker.resources).map(([name, count]) => `${name} ${count}`)].filter(Boolean).join(" · ")}
          </Box>
        </>
      ),
    },
    { key: "state", header: t("column.state"), width: 110, cell: (worker) => <WorkerTag state={worker.state} /> },
    { key: "running", header: t("column.running"), align: "right", cell: (worker) => t("ofSlots", { running: worker.running, slots: worker.slots }) },
    { key: "cpu", header: t("column.cpu"), cell: cpu },
    { key: "memory", header: t("column.memory"), from: "md", cell: (worker) => <Memory worker={worker} /> },
    { key: "speed", header: t("column.speed"), align: "right", from: "md", cell: (worker) => (worker.speed === null ? "–" : t("times", { speed: formats.number(worker.speed, { maximumFractionDigits: 2 }) })) },
    { key: "done", header: t("column.done"), align: "right", from: "lg", cell: (worker) => formats.number(worker.done) },
    { key: "failed", header: t("column.failed"), align: "right", from: "lg", cell: (worker) => formats.number(worker.failed) },
    { key: "seen", header: t("column.seen"), align: "right", cell: (worker) => <WallTime at={worker.seen_at} /> },
    ...(manage ? [{ key: "retire", header: t("column.deed"), align: "right" as const, cell: leave }] : []),
  ];
  return (
    <>
      <DataTable
        label={t("tab.workers")}
        columns={columns}
        rows={all ? sorted : sorted.slice(0, first)}
        rowKey={({ name }) => name}
        card={(worker) => (
          <>
            <Box sx={{ display: "flex", gap: 1 }}>
              <Box sx={{ flex: 1, fontWeight: 600 }}>{worker.name}</Box>
              <WorkerTag state={worker.state} />
            </Box>
            <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 2, fontSize: 13, color: "text.secondary", my: 0.75 }}>
              <span>{`${t("column.running")} ${t("ofSlots", { running: worker.running, slots: worker.slots })}`}</span>
              {worker.cpu_percent === null ? null : <span>{`${t("column.cpu")} ${formats.percent(worker.cpu_percent / 100)}`}</span>}
              <WallTime at={worker.seen_at} />
            </Box>
            {leave(worker)}
          </>
        )}
        empty={
          <EmptyState icon={Cpu} title={t("empty.title")}>
            {t("empty.detail")}
          </EmptyState>
        }
      />
      {sorted.length > first && !all ? (
        <Box sx={{ p: 1.5, textAlign: "center" }}>
          <Button onClick={() => setAll(true)}>{t("showAll", { count: sorted.length })}</Button>
        </Box>
      ) : null}
      {dialog}
    </>
  );
}

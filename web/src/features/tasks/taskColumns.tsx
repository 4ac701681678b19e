// The columns of the backlog, and the same as a card on a phone.
import Box from "@mui/material/Box";
import Tooltip from "@mui/material/Tooltip";
import { useTranslation } from "react-i18next";
import type { Task } from "@/api/machine";
import type { Column } from "@/components/DataTable";
import { TriangleAlert } from "@/components/icons";
import { WallTime } from "@/components/RelativeTime";
import { useFormats, useWords } from "@/format/useFormats";
import { FactorStrip } from "./FactorBars";
import { TaskTag } from "./TaskTag";

/** Whether it waits or is at work: something is still foreseen of it. */
export const isOpen = ({ status }: Pick<Task, "status">): boolean => status === "waiting" || status === "admitted";

/** Whether it will end after its deadline, by the median of its estimate. */
export const isLate = ({ deadline, ends, ended_at: ended }: Pick<Task, "deadline" | "ends" | "ended_at">): boolean => {
  const end = ended ?? ends?.at;
  return Boolean(deadline && end && end > deadline);
};

export function TaskEnds({ task }: { task: Task }) {
  const { t } = useTranslation("tasks");
  const formats = useFormats();
  if (task.ended_at) return <WallTime at={task.ended_at} />;
  if (!task.ends) return task.waits_for ? t(`after.${task.waits_for}`) : isOpen(task) ? t("unknown") : "–";
  return (
    <Tooltip title={t("between", { range: formats.between(task.ends.low, task.ends.high) })}>
      <span>
        <WallTime at={task.ends.at} />
      </span>
    </Tooltip>
  );
}

function Deadline({ task }: { task: Task }) {
  const { t } = useTranslation("tasks");
  if (!task.deadline) return "–";
  return (
    <Box component="span" sx={{ display: "inline-flex", alignItems: "center", gap: 0.5 }}>
      {isLate(task) ? (
        <Tooltip title={t("late")}>
          <Box component="span" role="img" aria-label={t("late")} sx={{ color: "warning.main", display: "flex" }}>
            <TriangleAlert size={14} aria-hidden />
          </Box>
        </Tooltip>
      ) : null}
      <WallTime at={task.deadline} />
    </Box>
  );
}

/** Why it stands where it stands; of one that failed, what went wrong. */
function Explanation({ task }: { task: Task }) {
  const words = useWords();
  if (!task.error) return words(task.explanation);
  return (
    <Box component="span" sx={{ color: "error.main", overflowWrap: "anywhere", display: "-webkit-box", WebkitLineClamp: 2, WebkitBoxOrient: "vertical", overflow: "hidden" }}>
      {task.error}
    </Box>
  );
}

export function useTaskColumns(): Column<Task>[] {
  const { t } = useTranslation("tasks");
  const formats = useFormats();
  return [
    {
      key: "task",
      header: t("column.task"),
      cell: (task) => (
        <>
          <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
            {task.kind}
          </Box>
          <Box component="span" sx={{ fontSize: 12, color: "text.secondary" }}>
            {`${task.workflow} · ${task.id}`}
          </Box>
        </>
      ),
    },
    {
      key: "priority",
      header: t("column.priority"),
      width: "34%",
      cell: (task) => (
        <Box sx={{ display: "flex", gap: 1.5, alignItems: "center" }}>
          {task.factors.length > 0 ? (
            <Box sx={{ display: "grid", gap: 0.5, justifyItems: "end", flexShrink: 0 }}>
              <Box component="span" sx={{ fontWeight: 600 }}>
                {formats.number(task.priority, { maximumFractionDigits: 2, minimumFractionDigits: 2 })}
              </Box>
              <FactorStrip factors={task.factors} />
            </Box>
          ) : null}
          <Box component="span" sx={{ fontSize: 13, color: "text.secondary", minWidth: 0 }}>
            <Explanation task={task} />
          </Box>
        </Box>
      ),
    },
    { key: "status", header: t("column.status"), width: 150, cell: (task) => <TaskTag task={task} /> },
    { key: "deadline", header: t("column.deadline"), align: "right", cell: (task) => <Deadline task={task} /> },
    { key: "ends", header: t("column.ends"), align: "right", cell: (task) => <TaskEnds task={task} /> },
    { key: "value", header: t("column.value"), align: "right", from: "lg", cell: (task) => formats.number(task.value) },
    { key: "submitted", header: t("column.submitted"), align: "right", from: "lg", cell: (task) => <WallTime at={task.submitted_at} /> },
  ];
}

export function TaskCard({ task }: { task: Task }) {
  const { t } = useTranslation("tasks");
  const formats = useFormats();
  return (
    <>
      <Box sx={{ display: "flex", gap: 1 }}>
        <Box sx={{ flex: 1, fontWeight: 600 }}>{task.kind}</Box>
        {task.factors.length > 0 ? <Box sx={{ fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>{formats.number(task.priority, { maximumFractionDigits: 2 })}</Box> : null}
        <TaskTag task={task} />
      </Box>
      <Box sx={{ fontSize: 13, color: "text.secondary", mt: 0.5 }}>
        <Explanation task={task} />
      </Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 1.5, fontSize: 13, color: "text.secondary", mt: 0.5 }}>
        {task.deadline ? (
          <span>
            {`${t("column.deadline")} `}
            <Deadline task={task} />
          </span>
        ) : null}
        {isOpen(task) ? (
          <span>
            {`${t("column.ends")} `}
            <TaskEnds task={task} />
          </span>
        ) : null}
      </Box>
    </>
  );
}

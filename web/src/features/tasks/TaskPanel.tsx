// One task beside the backlog: why it has its priority, when it ends, and what a person may change.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import type { Task } from "@/api/machine";
import { useCancelTaskMutation, useGetTaskQuery } from "@/api/tasks";
import { mayManage, usePerson } from "@/app/person";
import { fact, FactList } from "@/components/FactList";
import { CircleX, SlidersHorizontal } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { usePageTitle } from "@/components/Page";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { SidePanel } from "@/components/SidePanel";
import { useAsk } from "@/components/useAsk";
import { useFormats, useWords } from "@/format/useFormats";
import { ChangeTaskDialog } from "./ChangeTaskDialog";
import { FactorBars } from "./FactorBars";
import { TaskTag } from "./TaskTag";
import { isLate, isOpen, TaskEnds } from "./taskColumns";

function Detail({ task }: { task: Task }) {
  const { t } = useTranslation("tasks");
  const formats = useFormats();
  const words = useWords();
  const { estimate_s: estimate, ends } = task;
  return (
    <Box sx={{ display: "grid", gap: 3, gridTemplateColumns: "minmax(0, 1fr)" }}>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1.5 }}>
        <TaskTag task={task} />
        <Box component="span" sx={{ color: "text.secondary" }}>{`${task.workflow} · ${task.id}`}</Box>
      </Box>
      {task.error ? (
        <Alert severity="error" variant="outlined" sx={{ overflowWrap: "anywhere" }}>
          {task.error}
        </Alert>
      ) : null}
      <Box>
        {task.factors.length > 0 ? (
          <Typography variant="h3" component="h2" sx={{ mb: 0.5 }}>
            {t("why", { priority: formats.number(task.priority, { maximumFractionDigits: 2 }) })}
          </Typography>
        ) : null}
        <Box sx={{ mb: 2, color: "text.secondary" }}>{words(task.explanation)}</Box>
        {task.factors.length > 0 ? <FactorBars factors={task.factors} /> : null}
      </Box>
      <FactList
        facts={[
          fact(
            t("column.ends"),
            ends ? (
              <>
                <TaskEnds task={task} />
                <Box component="span" sx={{ display: "block", fontSize: 12, fontWeight: 400, color: "text.secondary" }}>
                  {t("between", { range: formats.between(ends.low, ends.high) })}
                </Box>
              </>
            ) : isOpen(task) ? (
              <TaskEnds task={task} />
            ) : null,
          ),
          fact(t("takes"), estimate ? t("takesAbout", { median: formats.duration(estimate.median), low: formats.duration(estimate.low), high: formats.duration(estimate.high) }) : isOpen(task) ? t("unknown") : null),
          fact(
            t("column.deadline"),
            task.deadline ? (
              <>
                {formats.moment(task.deadline)}
                {isLate(task) ? <Box component="span" sx={{ display: "block", fontSize: 12, color: "warning.main" }}>{t("late")}</Box> : null}
              </>
            ) : (
              t("noDeadline")
            ),
          ),
          fact(t("column.value"), formats.number(task.value)),
          fact(t("column.submitted"), <WallTime at={task.submitted_at} />),
          fact(
            t("run"),
            task.run_id ? (
              <Box component={Link} to={`/workflows/${encodeURIComponent(task.run_id)}`} sx={{ color: "primary.main" }}>
                {task.run_id}
              </Box>
            ) : null,
          ),
        ]}
      />
    </Box>
  );
}

export default function TaskPanel() {
  const { t } = useTranslation("tasks");
  const { id = "" } = useParams();
  const { search } = useLocation();
  const navigate = useNavigate();
  const manage = mayManage(usePerson());
  const { currentData: task, error, refetch } = useGetTaskQuery(id, polling(5));
  const [cancel] = useCancelTaskMutation();
  const [changing, setChanging] = useState(false);
  const { ask, dialog } = useAsk();
  usePageTitle(task ? `${task.kind} ${task.id}` : t("title"));
  const open = task && isOpen(task);
  const footer =
    manage && open ? (
      <Box sx={{ display: "flex", gap: 1, justifyContent: "flex-end" }}>
        <Button
          color="error"
          startIcon={<CircleX size={15} aria-hidden />}
          onClick={() => ask({ title: t("cancel.title", { name: task.kind }), detail: t("cancel.detail"), confirm: t("cancel.confirm"), tone: "error", done: t("cancel.done"), act: () => cancel(task.id).unwrap() })}
        >
          {t("cancel.confirm")}
        </Button>
        <Button variant="contained" color="primary" startIcon={<SlidersHorizontal size={15} aria-hidden />} onClick={() => setChanging(true)}>
          {t("change.button")}
        </Button>
      </Box>
    ) : undefined;
  return (
    <SidePanel title={task?.kind ?? id} onClose={() => void navigate(`/tasks${search}`)} footer={footer}>
      {task ? (
        <Detail task={task} />
      ) : error ? (
        <ErrorState error={error} retry={refetch} />
      ) : (
        <Box aria-busy sx={{ display: "grid", gap: 2 }}>
          {[24, 320, 120].map((height) => (
            <Skeleton key={height} variant="rounded" height={height} />
          ))}
        </Box>
      )}
      {dialog}
      {changing && task ? <ChangeTaskDialog task={task} onClose={() => setChanging(false)} /> : null}
    </SidePanel>
  );
}

// What a person must know of a run first: why it failed, how its rollback went, what it waits for and why.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { RunDetail } from "@/api/machine";
import { useListWaitsQuery } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { CircleAlert, Cpu, Hand, Timer, TriangleAlert, Undo2 } from "@/components/icons";
import { useWords } from "@/format/useFormats";
import { SendEventButton } from "./SendEventButton";
import { SettleButtons } from "./SettleButtons";
import type { RunDeeds } from "./useRunDeeds";

export function RunNotices({ run, deeds }: { run: RunDetail; deeds: RunDeeds }) {
  const { t } = useTranslation("workflows");
  const words = useWords();
  const manage = mayManage(usePerson());
  const waiting = run.steps.filter(({ wait, status }) => wait !== null && wait.kind !== "timer" && status === "waiting");
  const { data: waits } = useListWaitsQuery(undefined, { skip: waiting.length === 0 });
  const undone = run.steps.filter(({ status }) => status === "undone").length;
  const stuck = run.steps.filter(({ status }) => status === "undo_failed");
  const link = (step: string) => (
    <Box component={Link} to={`/workflows/${encodeURIComponent(run.id)}/steps/${encodeURIComponent(step)}`} sx={{ color: "inherit" }}>
      {step}
    </Box>
  );
  const notices = [
    run.error ? (
      <Alert key="error" severity="error" variant="outlined" icon={<CircleAlert size={18} aria-hidden />} sx={{ overflowWrap: "anywhere" }}>
        {run.error}
      </Alert>
    ) : null,
    run.reason ? (
      <Alert key="reason" severity="warning" variant="outlined" icon={<TriangleAlert size={18} aria-hidden />}>
        {run.reason}
      </Alert>
    ) : null,
    stuck.length > 0 ? (
      <Alert key="stuck" severity="error" variant="outlined" icon={<Undo2 size={18} aria-hidden />}>
        {`${t("rollback.failed", { count: stuck.length })} `}
        {stuck.map(({ name }) => (
          <Box component="span" key={name} sx={{ mr: 1 }}>
            {link(name)}
          </Box>
        ))}
      </Alert>
    ) : null,
    undone > 0 ? (
      <Alert key="undone" severity="info" variant="outlined" icon={<Undo2 size={18} aria-hidden />}>
        {t("rollback.done", { count: undone })}
      </Alert>
    ) : null,
    ...run.steps.map((step) => {
      const { answer } = step;
      if (answer?.word !== "rejected" && answer?.word !== "timed_out") return null;
      const told = answer.word === "rejected" && answer.by ? t("answer.notice.rejectedBy", { by: answer.by }) : t(`answer.notice.${answer.word}`);
      return (
        <Alert key={`answer ${step.name}`} severity="warning" variant="outlined" icon={<Hand size={18} aria-hidden />} sx={{ overflowWrap: "anywhere" }}>
          {link(step.name)}
          {` · ${answer.note ? t("answer.notice.withNote", { told, note: answer.note }) : told}`}
        </Alert>
      );
    }),
    ...waiting.map((step) => {
      const wait = waits?.items.find((one) => one.run_id === run.id && one.step === step.name);
      const text = words(wait?.words);
      const kind = step.wait?.kind;
      const topic = step.wait?.topic ?? "";
      const buttons =
        kind === "approval" ? (
          <SettleButtons wait={{ run_id: run.id, topic, text }} name={step.name} deeds={deeds} />
        ) : kind === "event" ? (
          <SendEventButton run={run.id} step={step.name} topic={topic} />
        ) : undefined;
      return (
        <Alert
          key={step.name}
          severity="warning"
          variant="outlined"
          icon={kind === "event" ? <Timer size={18} aria-hidden /> : <Hand size={18} aria-hidden />}
          action={manage ? buttons : undefined}
          sx={{ alignItems: "center", flexWrap: { xs: "wrap", sm: "nowrap" } }}
        >
          {link(step.name)}
          {` · ${text || t(kind === "approval" ? "waits.approval" : "waits.event")}`}
          {kind === "event" ? <Box sx={{ fontSize: 13, color: "text.secondary", overflowWrap: "anywhere" }}>{t("event.expected", { topic, run: run.id })}</Box> : null}
        </Alert>
      );
    }),
    ...run.steps
      .filter(({ held_up: why }) => why)
      .map((step) => (
        <Alert key={`held up ${step.name}`} severity="warning" variant="outlined" icon={<Cpu size={18} aria-hidden />} sx={{ overflowWrap: "anywhere" }}>
          {link(step.name)}
          {` · ${words(step.held_up)}`}
        </Alert>
      )),
  ].filter(Boolean);
  return notices.length ? <Box sx={{ display: "grid", gap: 1, mb: 2 }}>{notices}</Box> : null;
}

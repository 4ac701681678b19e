// What a person must know of a run first: why it failed, how its rollback went, and what it waits for.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { RunDetail } from "@/api/machine";
import { useListWaitsQuery } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { CircleAlert, Hand, TriangleAlert, Undo2 } from "@/components/icons";
import { useWords } from "@/format/useFormats";
import { SettleButtons } from "./SettleButtons";
import type { RunDeeds } from "./useRunDeeds";

export function RunNotices({ run, deeds }: { run: RunDetail; deeds: RunDeeds }) {
  const { t } = useTranslation("workflows");
  const words = useWords();
  const manage = mayManage(usePerson());
  const waiting = run.steps.filter(({ wait, status }) => wait !== null && status === "waiting");
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
    ...waiting.map((step) => {
      const wait = waits?.items.find((one) => one.run_id === run.id && one.step === step.name);
      const text = words(wait?.words);
      return (
        <Alert
          key={step.name}
          severity="warning"
          variant="outlined"
          icon={<Hand size={18} aria-hidden />}
          action={manage && step.wait?.kind === "approval" ? <SettleButtons wait={{ run_id: run.id, topic: step.wait.topic, text }} name={step.name} deeds={deeds} /> : undefined}
          sx={{ alignItems: "center", flexWrap: { xs: "wrap", sm: "nowrap" } }}
        >
          {link(step.name)}
          {` · ${text || t(step.wait?.kind === "approval" ? "waits.approval" : "waits.event")}`}
        </Alert>
      );
    }),
  ].filter(Boolean);
  return notices.length ? <Box sx={{ display: "grid", gap: 1, mb: 2 }}>{notices}</Box> : null;
}

// What one step did: its state, its time against the estimate, its attempts, its inputs and its output.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useTranslation } from "react-i18next";
import type { RunDetail, Step } from "@/api/machine";
import { EventList } from "@/components/EventList";
import { fact, FactList } from "@/components/FactList";
import { JsonView } from "@/components/JsonView";
import { ProgressBar } from "@/components/ProgressBar";
import { useFormats } from "@/format/useFormats";
import { StepTag } from "./runTags";
import { RunLink } from "./RunFacts";
import { isTakenOver } from "./runTime";

function Attempts({ attempts }: { attempts: Step["attempts"] }) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  return (
    <EventList
      items={attempts.map((attempt, index) => ({
        key: attempt.started_at + index,
        text: attempt.error || t(attempt.ended_at ? "attempt.succeeded" : "attempt.going"),
        detail: [formats.exact(attempt.started_at), attempt.seconds === null ? "" : formats.duration(attempt.seconds)].filter(Boolean).join(" · "),
        tone: attempt.error ? "bad" : attempt.ended_at ? "good" : "info",
      }))}
    />
  );
}

interface StepDetailProps {
  run: RunDetail;
  step: Step;
  /** Asks for inputs and output whole, where they were cut. */
  onWhole: () => void;
  wholeBusy: boolean;
}

export function StepDetail({ run, step, onWhole, wholeBusy }: StepDetailProps) {
  const { t } = useTranslation("workflows");
  const formats = useFormats();
  const { estimate_s: estimate, progress, wait, answer, took_s: took } = step;
  const waits = ["approval", "event", "timer"].includes(step.kind);
  const adapted = run.adaptations.filter((one) => one.step === step.name).length;
  return (
    <Box sx={{ display: "grid", gap: 3, gridTemplateColumns: "minmax(0, 1fr)" }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 }}>
        <StepTag step={step} />
        <Box sx={{ color: "text.secondary" }}>{t(`kind.${step.kind}`)}</Box>
      </Box>
      {step.error ? (
        <Alert severity="error" variant="outlined" sx={{ overflowWrap: "anywhere" }}>
          {step.error}
        </Alert>
      ) : null}
      {answer && answer.word !== "arrived" ? <Box sx={{ color: "text.secondary" }}>{t(`answer.told.${answer.word}`)}</Box> : null}
      {run.restarted_from && isTakenOver(step) ? (
        <Box sx={{ color: "text.secondary" }}>
          {`${t("takenOver.told")} `}
          <RunLink id={run.restarted_from} />
        </Box>
      ) : null}
      {step.reason ? <Box sx={{ color: "text.secondary" }}>{step.reason}</Box> : null}
      {progress ? <ProgressBar label={t("progress", { name: step.name })} progress={progress} /> : null}
      <FactList
        facts={[
          fact(t("time.took"), took === null ? null : formats.duration(took)),
          fact(
            t("time.expected"),
            estimate ? (
              <>
                {formats.duration(estimate.median)}
                <Box component="span" sx={{ display: "block", fontSize: 12, fontWeight: 400, color: "text.secondary" }}>{`${formats.duration(estimate.low)} – ${formats.duration(estimate.high)}`}</Box>
              </>
            ) : null,
          ),
          fact(t("detail.started"), step.started_at ? formats.exact(step.started_at) : null),
          fact(t("detail.ended"), step.ended_at ? formats.exact(step.ended_at) : null),
          fact(t("detail.where"), waits ? null : (step.worker ?? t(`where.${step.where}`))),
          fact(t("detail.risk"), step.failure_probability === null ? null : formats.percent(step.failure_probability, 1)),
          fact(t("answer.by"), answer?.by),
          fact(t("answer.note"), answer?.note),
          fact(t("detail.waitsFor"), wait ? wait.topic : null),
          fact(t("detail.until"), wait?.until ? formats.exact(wait.until) : null),
          fact(t("detail.adapted"), adapted ? formats.number(adapted) : null),
          fact(
            t("detail.child"),
            step.child_run_id ? <RunLink id={step.child_run_id} /> : null,
          ),
          fact(
            t("detail.after"),
            step.parents.length ? (
              <Box component="span" sx={{ fontWeight: 400 }}>
                {step.parents.length > 6 ? t("detail.parents", { count: step.parents.length }) : step.parents.join(", ")}
              </Box>
            ) : null,
          ),
        ]}
      />
      {took !== null && estimate ? <Box sx={{ mt: -1.5, fontSize: 13, color: "text.secondary" }}>{t("time.meaning")}</Box> : null}
      {step.undo.length > 0 ? (
        <Box component="section">
          <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
            {t("attempt.undo", { count: step.undo.length })}
          </Typography>
          <Attempts attempts={step.undo} />
        </Box>
      ) : null}
      {step.attempts.length > 0 && !waits ? (
        <Box component="section">
          <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
            {t("attempt.title", { count: step.attempts.length })}
          </Typography>
          <Attempts attempts={step.attempts} />
        </Box>
      ) : null}
      {step.cut ? (
        <Box sx={{ display: "flex", alignItems: "center", gap: 1, color: "text.secondary", fontSize: 13 }}>
          <Box sx={{ flex: 1 }}>{t("detail.cut")}</Box>
          <Button loading={wholeBusy} onClick={onWhole}>
            {t("detail.whole")}
          </Button>
        </Box>
      ) : null}
      {step.inputs === null ? null : <JsonView label={t("inputs")} value={step.inputs} />}
      {step.output === null ? null : <JsonView label={t("output")} value={step.output} />}
    </Box>
  );
}

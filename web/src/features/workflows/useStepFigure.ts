// The figure beside a step: how far a map is, how long it took, or how long it should take.
import { useTranslation } from "react-i18next";
import type { Step } from "@/api/machine";
import { useFormats } from "@/format/useFormats";
import { isTakenOver } from "./runTime";

export function useStepFigure(): (step: Step) => string {
  const { t } = useTranslation(["workflows", "words"]);
  const formats = useFormats();
  return (step) => {
    if (step.progress && step.status === "running") return t("words:progress", { done: step.progress.done, total: step.progress.total });
    if (step.took_s !== null) return formats.duration(step.took_s);
    if (isTakenOver(step)) return t("takenOver.short");
    if (step.ended_at) return "";
    if (step.estimate_s && step.status !== "skipped") return t("time.about", { duration: formats.duration(step.estimate_s.median) });
    return "";
  };
}

// The states of runs and steps in one word, each with its icon.
import { useTranslation } from "react-i18next";
import type { Adaptation, RunStatus, Step, StepKind, StepStatus } from "@/api/machine";
import {
  AlarmClock, Ban, Bell, CircleAlert, CircleCheck, CircleDashed, CircleDot, CircleX, Hand, Layers, type LucideIcon, RefreshCw, SkipForward,
  TriangleAlert, Undo2, Workflow,
} from "@/components/icons";
import { Tag, type Tone } from "@/components/Tag";

type Look = readonly [Tone, LucideIcon];

const runLooks: Record<RunStatus, Look> = {
  queued: ["neutral", CircleDashed],
  running: ["info", RefreshCw],
  waiting: ["accent", Hand],
  succeeded: ["good", CircleCheck],
  failed: ["bad", CircleAlert],
  cancelled: ["neutral", CircleX],
  stuck: ["warn", TriangleAlert],
};

const stepLooks: Record<StepStatus, Look> = {
  pending: ["neutral", CircleDashed],
  running: ["info", RefreshCw],
  waiting: ["accent", Hand],
  succeeded: ["good", CircleCheck],
  failed: ["bad", CircleAlert],
  skipped: ["neutral", SkipForward],
  undone: ["neutral", Undo2],
  undo_failed: ["bad", Ban],
};

const answerLooks: Record<NonNullable<Step["answer"]>["word"], Look> = {
  approved: ["good", CircleCheck],
  rejected: ["warn", CircleX],
  arrived: ["good", CircleCheck],
  timed_out: ["warn", AlarmClock],
};

/** What ended a wait tells more than that it ended. */
const answerOf = ({ status, answer }: Pick<Step, "status" | "answer">) => (status === "succeeded" ? answer : null);

export function stepLook(step: Pick<Step, "status" | "answer">): Look {
  const answer = answerOf(step);
  return (answer ? answerLooks[answer.word] : stepLooks[step.status]) ?? stepLooks.pending;
}

export function useStepWord(): (step: Pick<Step, "status" | "answer">) => string {
  const { t } = useTranslation("workflows");
  return (step) => {
    const answer = answerOf(step);
    return answer ? t(`answer.${answer.word}`) : t(`step.${step.status}`);
  };
}

export const kindIcons: Record<StepKind, LucideIcon> = {
  step: CircleDot,
  map: Layers,
  workflow: Workflow,
  approval: Hand,
  event: Bell,
  timer: AlarmClock,
};

export function RunTag({ status }: { status: RunStatus }) {
  const { t } = useTranslation("workflows");
  const [tone, icon] = runLooks[status] ?? runLooks.queued;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`status.${status}`)}
    </Tag>
  );
}

export function StepTag({ step }: { step: Pick<Step, "status" | "answer"> }) {
  const word = useStepWord()(step);
  const [tone, icon] = stepLook(step);
  return (
    <Tag tone={tone} icon={icon}>
      {word}
    </Tag>
  );
}

const adaptationLooks: Record<Adaptation["state"], Look> = {
  trial: ["info", RefreshCw],
  kept: ["good", CircleCheck],
  reverted: ["neutral", Undo2],
};

export function AdaptationTag({ state }: { state: Adaptation["state"] }) {
  const { t } = useTranslation("workflows");
  const [tone, icon] = adaptationLooks[state] ?? adaptationLooks.trial;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`adaptation.${state}`)}
    </Tag>
  );
}

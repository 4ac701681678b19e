// The states of runs and steps in one word, each with its icon.
import { useTranslation } from "react-i18next";
import type { Adaptation, RunStatus, StepKind, StepStatus } from "@/api/machine";
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

export const stepLooks: Record<StepStatus, Look> = {
  pending: ["neutral", CircleDashed],
  running: ["info", RefreshCw],
  waiting: ["accent", Hand],
  succeeded: ["good", CircleCheck],
  failed: ["bad", CircleAlert],
  skipped: ["neutral", SkipForward],
  undone: ["neutral", Undo2],
  undo_failed: ["bad", Ban],
};

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

export function StepTag({ status }: { status: StepStatus }) {
  const { t } = useTranslation("workflows");
  const [tone, icon] = stepLooks[status] ?? stepLooks.pending;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`step.${status}`)}
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

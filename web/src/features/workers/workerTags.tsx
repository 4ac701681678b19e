// The states of workers and executors in one word, each with its icon.
import { useTranslation } from "react-i18next";
import type { Executor, Worker } from "@/api/machine";
import { CircleCheck, CircleDashed, CircleX, Hand, type LucideIcon, RefreshCw, Unplug } from "@/components/icons";
import { Tag, type Tone } from "@/components/Tag";

type Look = readonly [Tone, LucideIcon];

const workerLooks: Record<Worker["state"], Look> = {
  idle: ["neutral", CircleDashed],
  busy: ["info", RefreshCw],
  lost: ["bad", Unplug],
  retired: ["neutral", CircleX],
};

const executorLooks: Record<Executor["state"], Look> = {
  live: ["good", CircleCheck],
  draining: ["warn", Hand],
  lost: ["bad", Unplug],
  gone: ["neutral", CircleX],
};

export function WorkerTag({ state }: { state: Worker["state"] }) {
  const { t } = useTranslation("workers");
  const [tone, icon] = workerLooks[state] ?? workerLooks.idle;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`state.${state}`)}
    </Tag>
  );
}

export function ExecutorTag({ state }: { state: Executor["state"] }) {
  const { t } = useTranslation("workers");
  const [tone, icon] = executorLooks[state] ?? executorLooks.live;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`executorState.${state}`)}
    </Tag>
  );
}

// The state of a task in one word, with its icon.
import { useTranslation } from "react-i18next";
import type { Task, TaskStatus } from "@/api/machine";
import { CircleAlert, CircleCheck, CirclePause, CircleX, Clock3, Hand, type LucideIcon, RefreshCw, Timer, Unplug } from "@/components/icons";
import { Tag, type Tone } from "@/components/Tag";

const looks: Record<TaskStatus, readonly [Tone, LucideIcon]> = {
  waiting: ["neutral", Clock3],
  admitted: ["info", RefreshCw],
  done: ["good", CircleCheck],
  failed: ["bad", CircleAlert],
  cancelled: ["neutral", CircleX],
};

/** What the run of an admitted task may wait for: it is not at work then. */
const pauses: Record<NonNullable<Task["waits_for"]>, readonly [Tone, LucideIcon]> = {
  approval: ["warn", Hand],
  event: ["neutral", CirclePause],
  timer: ["neutral", Timer],
  executor: ["neutral", Unplug],
};

export function TaskTag({ task: { status, waits_for: pause } }: { task: Pick<Task, "status" | "waits_for"> }) {
  const { t } = useTranslation("tasks");
  const [tone, icon] = pause ? pauses[pause] : (looks[status] ?? looks.waiting);
  return (
    <Tag tone={tone} icon={icon}>
      {pause ? t(`pause.${pause}`) : t(`status.${status}`)}
    </Tag>
  );
}

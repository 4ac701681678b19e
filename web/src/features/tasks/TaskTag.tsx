// The state of a task in one word, with its icon.
import { useTranslation } from "react-i18next";
import type { TaskStatus } from "@/api/machine";
import { CircleAlert, CircleCheck, CircleX, Clock3, type LucideIcon, RefreshCw } from "@/components/icons";
import { Tag, type Tone } from "@/components/Tag";

const looks: Record<TaskStatus, readonly [Tone, LucideIcon]> = {
  waiting: ["neutral", Clock3],
  admitted: ["info", RefreshCw],
  done: ["good", CircleCheck],
  failed: ["bad", CircleAlert],
  cancelled: ["neutral", CircleX],
};

export function TaskTag({ status }: { status: TaskStatus }) {
  const { t } = useTranslation("tasks");
  const [tone, icon] = looks[status] ?? looks.waiting;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`status.${status}`)}
    </Tag>
  );
}

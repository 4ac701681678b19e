// What a person may do to a run: cancel, resume, restart from a step, and answer what waits; each asked once more.
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Run, RunDetail } from "@/api/machine";
import { useAnswerWaitMutation, useChangeRunMutation } from "@/api/workflows";
import { useAsk } from "@/components/useAsk";

const name = ({ workflow, id }: Pick<Run, "workflow" | "id">) => `${workflow} ${id}`;

export function useRunDeeds() {
  const { t } = useTranslation(["workflows", "words"]);
  const navigate = useNavigate();
  const [change] = useChangeRunMutation();
  const [answer] = useAnswerWaitMutation();
  const { ask, dialog } = useAsk();
  return {
    dialog,
    cancel: (run: Pick<RunDetail, "workflow" | "id" | "can">) =>
      ask({
        title: t("cancel.title", { name: name(run) }),
        detail: t("cancel.detail"),
        confirm: t("cancel.confirm"),
        tone: "error",
        done: t("cancel.done"),
        choice: run.can.undo ? { label: t("cancel.undo"), detail: t("cancel.undoDetail"), done: t("cancel.undoDone") } : undefined,
        act: (_note, undo) => change({ id: run.id, change: "cancel", undo }).unwrap(),
      }),
    resume: (run: Pick<Run, "workflow" | "id">) =>
      ask({
        title: t("resume.title", { name: name(run) }),
        detail: t("resume.detail"),
        confirm: t("resume.confirm"),
        done: t("resume.done"),
        act: () => change({ id: run.id, change: "resume" }).unwrap(),
      }),
    restart: (run: Pick<Run, "workflow" | "id">, step: string) =>
      ask({
        title: t("restart.title", { step }),
        detail: t("restart.detail"),
        confirm: t("restart.confirm"),
        done: t("restart.done"),
        act: async () => {
          const made = await change({ id: run.id, change: "restart", from_step: step }).unwrap();
          void navigate(`/workflows/${encodeURIComponent(made.id)}`);
        },
      }),
    settle: (wait: { run_id: string; topic: string; text: string }, approved: boolean) =>
      ask({
        title: t(approved ? "settle.approveTitle" : "settle.rejectTitle"),
        detail: wait.text || t(approved ? "settle.approveDetail" : "settle.rejectDetail"),
        confirm: t(approved ? "words:action.approve" : "words:action.reject"),
        tone: approved ? "primary" : "error",
        note: t("settle.note"),
        done: t(approved ? "settle.approved" : "settle.rejected"),
        act: (note) => answer({ id: wait.run_id, topic: wait.topic, payload: { approved, note } }).unwrap(),
      }),
  };
}

export type RunDeeds = ReturnType<typeof useRunDeeds>;

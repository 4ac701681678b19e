// Approving, rejecting and undoing: asks once more, does it, and says what happened.
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDecideManyMutation, useDecideMutation, type Verdict } from "@/api/decisions";
import type { DecisionSummary } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useProblemToast, useToast } from "@/components/Toasts";
import { useWords } from "@/format/useFormats";

interface Asked {
  verdict: Verdict;
  decisions: readonly Pick<DecisionSummary, "id" | "summary">[];
}

/** `ask` opens the question; `dialog` belongs somewhere in the page. */
export function useDecide(onDone?: () => void): { ask: (asked: Asked) => void; dialog: ReactNode } {
  const { t } = useTranslation(["decisions", "words"]);
  const words = useWords();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [decide, { isLoading }] = useDecideMutation();
  const [decideMany, { isLoading: manyLoading }] = useDecideManyMutation();
  const say = useToast();
  const sayProblem = useProblemToast();

  const confirm = async (note: string) => {
    if (!asked) return;
    const { verdict, decisions } = asked;
    const [first] = decisions;
    try {
      if (decisions.length === 1 && first) {
        await decide({ id: first.id, verdict, note }).unwrap();
        say(t(`done.${verdict}`, { count: 1 }));
      } else {
        const { done, failed } = await decideMany({ ids: decisions.map(({ id }) => id), action: verdict, note }).unwrap();
        if (done.length) say(t(`done.${verdict}`, { count: done.length }));
        if (failed[0]) say(t("someFailed", { count: failed.length, detail: failed[0].detail }), "error");
      }
      onDone?.();
    } catch (problem) {
      sayProblem(problem);
    }
    setAsked(null);
  };

  const dialog = asked ? (
    <ConfirmDialog
      title={t(`ask.${asked.verdict}`, { count: asked.decisions.length })}
      confirm={t(`words:action.${asked.verdict}`)}
      tone={asked.verdict === "approve" ? "primary" : "error"}
      busy={isLoading || manyLoading}
      note={t("note")}
      onConfirm={(note) => void confirm(note)}
      onClose={() => setAsked(null)}
    >
      {asked.decisions.length === 1 ? (
        <Typography sx={{ fontWeight: 600 }}>{words(asked.decisions[0]?.summary)}</Typography>
      ) : null}
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        {t(`consequence.${asked.verdict}`)}
      </Typography>
    </ConfirmDialog>
  ) : null;
  return { ask: setAsked, dialog };
}

// Asks before something is done, does it, and says what came of it; `dialog` belongs somewhere in the page.
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "./ConfirmDialog";
import { useProblemToast, useToast } from "./Toasts";

export interface Asked {
  title: string;
  /** What will follow. */
  detail: ReactNode;
  confirm: string;
  tone?: "primary" | "error";
  /** Label of the field for a note. */
  note?: string;
  /** Something more that may be done at once, and what is said then. */
  choice?: { label: string; detail: string; done: string };
  /** Said once it is done. */
  done: string;
  act: (note: string, chosen: boolean) => Promise<unknown>;
}

export function useAsk(): { ask: (asked: Asked) => void; dialog: ReactNode } {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState(false);
  const say = useToast();
  const sayProblem = useProblemToast();
  const confirm = async (note: string, chosen: boolean) => {
    if (!asked) return;
    setBusy(true);
    try {
      await asked.act(note, chosen);
      say((chosen && asked.choice?.done) || asked.done);
    } catch (problem) {
      sayProblem(problem);
    }
    setBusy(false);
    setAsked(null);
  };
  const dialog = asked ? (
    <ConfirmDialog
      title={asked.title}
      confirm={asked.confirm}
      tone={asked.tone}
      note={asked.note}
      choice={asked.choice}
      busy={busy}
      onConfirm={(note, chosen) => void confirm(note, chosen)}
      onClose={() => setAsked(null)}
    >
      <Typography component="div" sx={{ color: "text.secondary" }}>
        {asked.detail}
      </Typography>
    </ConfirmDialog>
  ) : null;
  return { ask: setAsked, dialog };
}

/** Does something at once, and says what came of it. */
export function useAct(): (act: () => Promise<unknown>, done: string) => Promise<boolean> {
  const say = useToast();
  const sayProblem = useProblemToast();
  return async (act, done) => {
    try {
      await act();
      say(done);
      return true;
    } catch (problem) {
      sayProblem(problem);
      return false;
    }
  };
}

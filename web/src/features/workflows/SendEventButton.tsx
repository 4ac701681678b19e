// Sends by hand the event that a step waits for, with what it brings as JSON, asked once more.
import Button from "@mui/material/Button";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnswerWaitMutation } from "@/api/workflows";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Zap } from "@/components/icons";
import { useProblemToast, useToast } from "@/components/Toasts";

/** What a text means as JSON, where nothing means null; undefined where it is no JSON. */
export function readPayload(text: string): { payload: unknown } | undefined {
  try {
    return { payload: text.trim() ? (JSON.parse(text) as unknown) : null };
  } catch {
    return undefined;
  }
}

export function SendEventButton({ run, step, topic }: { run: string; step: string; topic: string }) {
  const { t } = useTranslation("workflows");
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [answer, { isLoading }] = useAnswerWaitMutation();
  const say = useToast();
  const sayProblem = useProblemToast();
  const read = readPayload(text);
  const send = async () => {
    if (!read) return;
    try {
      await answer({ id: run, topic, ...read }).unwrap();
      say(t("event.done"));
    } catch (problem) {
      sayProblem(problem);
    }
    setOpen(false);
  };
  return (
    <>
      <Button aria-haspopup="dialog" startIcon={<Zap size={15} aria-hidden />} onClick={() => setOpen(true)} sx={{ whiteSpace: "nowrap" }}>
        {t("event.button")}
      </Button>
      {open ? (
        <ConfirmDialog title={t("event.title", { topic })} confirm={t("event.confirm")} busy={isLoading} onConfirm={() => void send()} onClose={() => setOpen(false)}>
          <Typography component="div" sx={{ color: "text.secondary" }}>
            {t("event.detail", { step })}
          </Typography>
          <TextField
            label={t("event.payload")}
            value={text}
            onChange={(change) => setText(change.target.value)}
            error={!read}
            helperText={t(read ? "event.hint" : "event.noJson")}
            multiline
            minRows={3}
            placeholder='{"pallets": 3}'
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", fontSize: 13 } } }}
          />
        </ConfirmDialog>
      ) : null}
    </>
  );
}

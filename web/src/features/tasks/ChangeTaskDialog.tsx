// Changes what a task's priority rests on: its deadline, its value, and a push by hand.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "@/api/machine";
import { type TaskChange, useChangeTaskMutation } from "@/api/tasks";
import { useAct } from "@/components/useAsk";

/** As the field wants it: UTC, to the minute. */
const fieldTime = (at: string | null) => (at ? new Date(at).toISOString().slice(0, 16) : "");

/** Only what differs from the task as it is. */
export function changeOf(task: Task, fields: { deadline: string; value: string; boost: string }): TaskChange {
  const change: TaskChange = {};
  if (fields.deadline !== fieldTime(task.deadline)) change.deadline = fields.deadline ? new Date(`${fields.deadline}Z`).toISOString() : null;
  if (fields.value !== "" && Number(fields.value) !== task.value) change.value = Number(fields.value);
  if (fields.boost !== "" && Number(fields.boost) !== task.boost) change.boost = Number(fields.boost);
  return change;
}

export function ChangeTaskDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation(["tasks", "words"]);
  const id = useId();
  const [send, { isLoading }] = useChangeTaskMutation();
  const act = useAct();
  const [fields, setFields] = useState({ deadline: fieldTime(task.deadline), value: String(task.value), boost: String(task.boost) });
  const change = changeOf(task, fields);
  const wrong = [fields.value, fields.boost].some((text) => text !== "" && !Number.isFinite(Number(text))) || Number(fields.value) < 0 || Math.abs(Number(fields.boost)) > 1;
  const nothing = Object.keys(change).length === 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (wrong || nothing) return;
    if (await act(() => send({ id: task.id, change }).unwrap(), t("change.done"))) onClose();
  };
  const field = (name: keyof typeof fields) => ({
    label: t(`change.${name}`),
    helperText: t(`change.${name}Help`),
    value: fields[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  });
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t("change.title", { name: task.kind })}
      </DialogTitle>
      <form onSubmit={(event) => void submit(event)}>
        <DialogContent sx={{ display: "grid", gap: 2, pt: 1 }}>
          <TextField {...field("deadline")} type="datetime-local" slotProps={{ inputLabel: { shrink: true } }} autoFocus />
          <TextField {...field("value")} error={wrong} slotProps={{ htmlInput: { inputMode: "decimal" } }} />
          <TextField {...field("boost")} error={wrong} slotProps={{ htmlInput: { inputMode: "decimal" } }} />
          <Typography variant="body2" role="status" sx={{ color: "text.secondary" }}>
            {wrong ? t("change.wrong") : nothing ? t("change.nothing") : t("change.consequence")}
          </Typography>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>{t("words:action.cancel")}</Button>
          <Button type="submit" variant="contained" color="primary" loading={isLoading} disabled={wrong || nothing}>
            {t("change.confirm")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

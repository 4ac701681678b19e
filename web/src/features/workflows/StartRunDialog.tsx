// Starts a run of a workflow: one field of JSON for each input; it goes into the backlog as any other task.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Definition } from "@/api/machine";
import { useSubmitTaskMutation } from "@/api/tasks";
import { useAct } from "@/components/useAsk";

/** A value as it is written: JSON, or plain words; undefined for what begins like JSON and is none. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return /^\s*[[{"]/.test(text) ? undefined : text.trim();
  }
}

export function StartRunDialog({ definition, onClose }: { definition: Definition; onClose: () => void }) {
  const { t } = useTranslation(["workflows", "words"]);
  const id = useId();
  const navigate = useNavigate();
  const act = useAct();
  const [submit, { isLoading }] = useSubmitTaskMutation();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const fields = [...definition.inputs].sort((one, other) => Number(other.required) - Number(one.required));
  const given = fields.filter(({ name }) => (texts[name] ?? "").trim() !== "");
  const broken = given.filter(({ name }) => readValue(texts[name] ?? "") === undefined).map(({ name }) => name);
  const missing = fields.filter((one) => one.required && !given.includes(one));
  const begin = async (event: FormEvent) => {
    event.preventDefault();
    if (broken.length > 0 || missing.length > 0) return;
    const inputs = Object.fromEntries(given.map(({ name }) => [name, readValue(texts[name] ?? "")]));
    const begun = await act(() => submit({ workflow: definition.name, inputs }).unwrap(), t("start.done", { name: definition.name }));
    if (!begun) return;
    onClose();
    void navigate(`/workflows?name=${encodeURIComponent(definition.name)}`);
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t("start.title", { name: definition.name })}
      </DialogTitle>
      <Box component="form" onSubmit={(event) => void begin(event)}>
        <DialogContent sx={{ display: "grid", gap: 2, pt: 1 }}>
          {fields.map(({ name, required }, at) => (
            <TextField
              key={name}
              label={name}
              required={required}
              autoFocus={at === 0}
              multiline
              maxRows={8}
              value={texts[name] ?? ""}
              error={broken.includes(name)}
              helperText={broken.includes(name) ? t("start.broken") : required ? t("start.value") : t("start.optional")}
              onChange={({ target }) => setTexts({ ...texts, [name]: target.value })}
            />
          ))}
          <Typography variant="body2" role="status" sx={{ color: "text.secondary" }}>
            {missing.length > 0 ? t("start.missing", { names: missing.map(({ name }) => name).join(", ") }) : t("start.consequence", { version: definition.versions.at(-1), count: definition.steps.length })}
          </Typography>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>{t("words:action.cancel")}</Button>
          <Button type="submit" variant="contained" color="primary" loading={isLoading} disabled={broken.length > 0 || missing.length > 0}>
            {t("start.confirm")}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}

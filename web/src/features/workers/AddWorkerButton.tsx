// Adds a worker on this machine; says how another machine joins.
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
import { useAddWorkerMutation } from "@/api/workers";
import { Plus } from "@/components/icons";
import { useAct } from "@/components/useAsk";

const command = "maestro worker --join tcp://ADDRESS:8786";
const mostSlots = 64;

function AddWorkerDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["workers", "words"]);
  const id = useId();
  const [text, setText] = useState("1");
  const [add, { isLoading }] = useAddWorkerMutation();
  const act = useAct();
  const slots = Number(text);
  const wrong = !Number.isInteger(slots) || slots < 1 || slots > mostSlots;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!wrong && (await act(() => add({ slots }).unwrap(), t("add.done")))) onClose();
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t("add.title")}
      </DialogTitle>
      <form onSubmit={(event) => void submit(event)}>
        <DialogContent sx={{ display: "grid", gap: 2 }}>
          <TextField
            label={t("add.slots")}
            helperText={wrong ? t("add.wrong", { most: mostSlots }) : t("add.slotsHelp")}
            error={wrong}
            value={text}
            onChange={(event) => setText(event.target.value)}
            slotProps={{ htmlInput: { inputMode: "numeric" } }}
            autoFocus
            sx={{ mt: 1 }}
          />
          <Typography variant="body2" component="div" sx={{ color: "text.secondary" }}>
            {t("add.join")}
            <Box component="code" sx={{ display: "block", mt: 0.5, p: 1, borderRadius: 0.75, bgcolor: "background.default", color: "text.primary", fontSize: 12, overflowWrap: "anywhere" }}>
              {command}
            </Box>
          </Typography>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>{t("words:action.cancel")}</Button>
          <Button type="submit" variant="contained" color="primary" loading={isLoading} disabled={wrong}>
            {t("add.confirm")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

export function AddWorkerButton() {
  const { t } = useTranslation("workers");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="contained" color="primary" aria-haspopup="dialog" startIcon={<Plus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {t("add.confirm")}
      </Button>
      {open ? <AddWorkerDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

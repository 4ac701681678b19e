// Adds a worker on this machine; where workers join a cluster by themselves, says with which command.
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
import { useAddWorkerMutation, useListWorkersQuery } from "@/api/workers";
import { Plus } from "@/components/icons";
import { useAct } from "@/components/useAsk";

const mostSlots = 64;
const cluster = "maestro worker --scheduler tcp://0.0.0.0:8786";
const run = "MAESTRO_WORKERS__ADDRESS=tcp://HOST:8786 maestro run";

function Command({ children }: { children: string }) {
  return (
    <Box component="code" sx={{ display: "block", mt: 0.5, p: 1, borderRadius: 0.75, bgcolor: "background.default", color: "text.primary", fontSize: 12, overflowWrap: "anywhere" }}>
      {children}
    </Box>
  );
}

function JoinDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const { t } = useTranslation(["workers", "words"]);
  const id = useId();
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t("add.joinTitle")}
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2 }}>
        <Typography variant="body2" component="div" sx={{ color: "text.secondary" }}>
          {t("add.join")}
          <Command>{`maestro worker --join ${address}`}</Command>
        </Typography>
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t("add.joined")}
        </Typography>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button variant="contained" color="primary" onClick={onClose} autoFocus>
          {t("words:action.close")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

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
            {t("add.others")}
            <Command>{cluster}</Command>
            <Command>{run}</Command>
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
  const address = useListWorkersQuery().data?.address;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="contained" color="primary" aria-haspopup="dialog" startIcon={<Plus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {t("add.confirm")}
      </Button>
      {open && address ? <JoinDialog address={address} onClose={() => setOpen(false)} /> : null}
      {open && !address ? <AddWorkerDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

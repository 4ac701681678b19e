// Asks once more before something happens, says what will follow, and takes a note or a choice along.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormControlLabel from "@mui/material/FormControlLabel";
import TextField from "@mui/material/TextField";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";

interface ConfirmDialogProps {
  title: string;
  children?: ReactNode;
  confirm: string;
  tone?: "primary" | "error";
  busy?: boolean;
  /** Label of the field for a note; without it no note is asked for. */
  note?: string;
  /** Something more that may be done at once. */
  choice?: { label: string; detail: string };
  onConfirm: (note: string, chosen: boolean) => void;
  onClose: () => void;
}

export function ConfirmDialog({ title, children, confirm, tone = "primary", busy, note, choice, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation("words");
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(false);
  const id = useId();
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {title}
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2 }}>
        {children}
        {choice ? (
          <FormControlLabel
            sx={{ alignItems: "flex-start", mr: 0 }}
            control={<Checkbox checked={chosen} onChange={(event) => setChosen(event.target.checked)} slotProps={{ input: { "aria-describedby": `${id}-choice` } }} sx={{ mt: -1 }} />}
            label={
              <>
                {choice.label}
                <Box id={`${id}-choice`} sx={{ fontSize: 13, color: "text.secondary" }}>
                  {choice.detail}
                </Box>
              </>
            }
          />
        ) : null}
        {note ? (
          <TextField label={note} value={text} onChange={(event) => setText(event.target.value)} multiline minRows={2} sx={{ mt: 1 }} slotProps={{ htmlInput: { maxLength: 500 } }} />
        ) : null}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button variant="contained" color={tone} loading={busy} onClick={() => onConfirm(text.trim(), chosen)} autoFocus={!note}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

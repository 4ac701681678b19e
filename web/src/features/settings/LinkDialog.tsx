// Shows a one-time sign-in link, to be copied and handed to the person; it is shown only here.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Copy } from "@/components/icons";
import { useToast } from "@/components/Toasts";

export function LinkDialog({ name, link, onClose }: { name: string; link: string; onClose: () => void }) {
  const { t } = useTranslation(["settings", "words"]);
  const say = useToast();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      say(t("link.copied"));
    } catch {
      // Without https the browser keeps the clipboard closed; the link is selected, to be copied by hand.
      say(t("link.byHand"), "info");
    }
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t("link.title", { name })}
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2 }}>
        <Typography sx={{ color: "text.secondary" }}>{t("link.detail")}</Typography>
        <TextField
          inputRef={field}
          label={t("link.label")}
          value={link}
          onFocus={(event) => event.target.select()}
          slotProps={{ htmlInput: { readOnly: true } }}
          sx={{ mt: 0.5 }}
        />
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose}>{t("words:action.close")}</Button>
        <Button variant="contained" color="primary" startIcon={<Copy size={16} aria-hidden />} onClick={() => void copy()} autoFocus>
          {t("link.copy")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

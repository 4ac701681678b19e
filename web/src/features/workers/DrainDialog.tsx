// Asks before an executor leaves, and says what stops with it; where something does, a tick has to be set first.
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormControlLabel from "@mui/material/FormControlLabel";
import Typography from "@mui/material/Typography";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Executor } from "@/api/machine";
import { useDrainExecutorMutation } from "@/api/workers";
import { TriangleAlert } from "@/components/icons";
import { useAct } from "@/components/useAsk";

export function DrainDialog({ executor, onClose }: { executor: Executor; onClose: () => void }) {
  const { t } = useTranslation(["workers", "words"]);
  const id = useId();
  const [sure, setSure] = useState(false);
  const [drain, { isLoading }] = useDrainExecutorMutation();
  const act = useAct();
  const loss = executor.lost_with_it;
  const submit = async () => {
    await act(() => drain({ id: executor.id, force: sure }).unwrap(), t("drain.done"));
    onClose();
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t("drain.title", { name: executor.id })}
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2 }}>
        {loss === "none" ? (
          <Typography sx={{ color: "text.secondary" }}>{t("drain.loss.none")}</Typography>
        ) : (
          <>
            <Alert severity="warning" variant="outlined" icon={<TriangleAlert size={18} aria-hidden />}>
              {t(`drain.loss.${loss}`)}
            </Alert>
            <FormControlLabel control={<Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)} />} label={t(`drain.sure.${loss}`)} />
          </>
        )}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose}>{t("words:action.cancel")}</Button>
        <Button variant="contained" color="error" loading={isLoading} disabled={loss !== "none" && !sure} onClick={() => void submit()}>
          {t("drain.confirm")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

// Chooses a level: the one an agent acts at, or the highest it may earn; says what follows before it is done.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormControlLabel from "@mui/material/FormControlLabel";
import Radio from "@mui/material/Radio";
import RadioGroup from "@mui/material/RadioGroup";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AgentSummary, Level } from "@/api/types";
import { useWords } from "@/format/useFormats";
import { levels } from "./trust";
import { useAgentChange } from "./useAgentChange";

interface LevelDialogProps {
  agent: AgentSummary;
  kind: "level" | "cap";
  onClose: () => void;
}

export function LevelDialog({ agent, kind, onClose }: LevelDialogProps) {
  const { t } = useTranslation(["agents", "words"]);
  const words = useWords();
  const id = useId();
  const present = agent[kind];
  const [chosen, setChosen] = useState<Level>(present);
  const { change, busy } = useAgentChange(agent.name);
  const tooHigh = (level: Level) => kind === "level" && levels.indexOf(level) > levels.indexOf(agent.cap);
  const comesDown = kind === "cap" && levels.indexOf(chosen) < levels.indexOf(agent.level);
  const confirm = async () => {
    await change(kind === "level" ? { level: chosen } : { cap: chosen === "full" ? null : chosen });
    onClose();
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id} variant="h2">
        {t(`${kind}Dialog.title`, { agent: words(agent.title) })}
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 1.5 }}>
        <RadioGroup aria-labelledby={id} value={chosen} onChange={(event) => setChosen(event.target.value as Level)}>
          {levels.map((level) => (
            <FormControlLabel
              key={level}
              value={level}
              disabled={tooHigh(level)}
              control={<Radio autoFocus={level === present} sx={{ alignSelf: "flex-start" }} />}
              sx={{ alignItems: "flex-start", mb: 0.5, "& .MuiFormControlLabel-label": { pt: 1 } }}
              label={
                <>
                  <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
                    {kind === "cap" && level === "full" ? t("noCap") : t(`words:level.${level}`)}
                  </Box>
                  <Box component="span" sx={{ display: "block", fontSize: 13, color: "text.secondary", wordBreak: "keep-all" }}>
                    {tooHigh(level) ? t("levelDialog.aboveCap") : t(`words:levelDetail.${level}`)}
                  </Box>
                </>
              }
            />
          ))}
        </RadioGroup>
        <Typography role="status" variant="body2" sx={{ color: "text.secondary", minHeight: 40 }}>
          {chosen === present ? t(`${kind}Dialog.same`) : comesDown ? t("capDialog.down", { level: t(`words:level.${chosen}`) }) : t(`${kind}Dialog.consequence`)}
        </Typography>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose}>{t("words:action.cancel")}</Button>
        <Button variant="contained" color="primary" disabled={chosen === present} loading={busy} onClick={() => void confirm()}>
          {t(`${kind}Dialog.confirm`)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

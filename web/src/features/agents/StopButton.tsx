// Stops an agent at once, or lets it go on; always asks once more.
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AgentSummary } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { OctagonX, Play } from "@/components/icons";
import { useWords } from "@/format/useFormats";
import { useAgentChange } from "./useAgentChange";

export function StopButton({ agent }: { agent: AgentSummary }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  const [asking, setAsking] = useState(false);
  const { change, busy } = useAgentChange(agent.name);
  const kind = agent.stopped ? "resume" : "stop";
  const name = words(agent.title);
  const confirm = () => void change({ stopped: !agent.stopped }, t(`${kind}.done`, { agent: name })).then(() => setAsking(false));
  return (
    <>
      <Button
        variant={agent.stopped ? "contained" : "outlined"}
        color={agent.stopped ? "primary" : "error"}
        aria-haspopup="dialog"
        startIcon={agent.stopped ? <Play size={16} aria-hidden /> : <OctagonX size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t(`${kind}.button`)}
      </Button>
      {asking ? (
        <ConfirmDialog
          title={t(`${kind}.title`, { agent: name })}
          confirm={t(`${kind}.button`)}
          tone={agent.stopped ? "primary" : "error"}
          busy={busy}
          onConfirm={confirm}
          onClose={() => setAsking(false)}
        >
          <Typography sx={{ color: "text.secondary" }}>{t(`${kind}.consequence`)}</Typography>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

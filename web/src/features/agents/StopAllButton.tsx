// Stops all agents at once, or lets all go on; always asks once more.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { useTurnAllAgentsMutation } from "@/api/agents";
import { OctagonX, Play } from "@/components/icons";
import { useAsk } from "@/components/useAsk";

export function StopAllButton({ stopped }: { stopped: boolean }) {
  const { t } = useTranslation("agents");
  const { ask, dialog } = useAsk();
  const [turn] = useTurnAllAgentsMutation();
  const kind = stopped ? "resumeAll" : "stopAll";
  const detail = (
    <Box sx={{ display: "grid", gap: 1 }}>
      <span>{t(`${kind}.consequence`)}</span>
      {stopped ? null : <span>{t("stopAll.until")}</span>}
    </Box>
  );
  const question = {
    title: t(`${kind}.title`),
    detail,
    confirm: t(`${kind}.button`),
    tone: stopped ? "primary" : "error",
    done: t(`${kind}.done`),
    act: () => turn(stopped ? "resume" : "stop").unwrap(),
  } as const;
  return (
    <>
      <Button
        variant={stopped ? "contained" : "outlined"}
        color={stopped ? "primary" : "error"}
        aria-haspopup="dialog"
        startIcon={stopped ? <Play size={16} aria-hidden /> : <OctagonX size={16} aria-hidden />}
        onClick={() => ask(question)}
      >
        {t(`${kind}.button`)}
      </Button>
      {dialog}
    </>
  );
}

// Puts an agent that was taken out of service back to work; asks once more.
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { useReleaseAgentMutation } from "@/api/agents";
import type { AgentDetail } from "@/api/types";
import { Play } from "@/components/icons";
import { useAsk } from "@/components/useAsk";
import { useWords } from "@/format/useFormats";

export function ReleaseButton({ agent }: { agent: AgentDetail }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  const { ask, dialog } = useAsk();
  const [release] = useReleaseAgentMutation();
  const named = { agent: words(agent.title) };
  const question = {
    title: t("release.title", named),
    detail: t("release.consequence"),
    confirm: t("release.button"),
    done: t("release.done", named),
    act: () => release(agent.name).unwrap(),
  };
  return (
    <>
      <Button variant="contained" color="primary" aria-haspopup="dialog" startIcon={<Play size={16} aria-hidden />} onClick={() => ask(question)}>
        {t("release.button")}
      </Button>
      {dialog}
    </>
  );
}

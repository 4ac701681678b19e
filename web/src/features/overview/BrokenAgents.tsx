// Says at the top that an agent broke: nothing below is decided any more until it is mended.
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { AgentSummary } from "@/api/types";
import { useWords } from "@/format/useFormats";

export function BrokenAgents({ agents }: { agents: readonly AgentSummary[] }) {
  const { t } = useTranslation("overview");
  const words = useWords();
  return agents
    .filter(({ state }) => state === "failed" || state === "quarantined")
    .map((agent) => (
      <Alert
        key={agent.name}
        severity="error"
        variant="outlined"
        sx={{ gridColumn: { lg: "1 / -1" }, bgcolor: "background.paper" }}
        action={
          <Button component={Link} to={`/agents/${agent.name}`}>
            {t("broken.open")}
          </Button>
        }
      >
        <AlertTitle sx={{ fontSize: 14 }}>{t("broken.title", { agent: words(agent.title) })}</AlertTitle>
        {t("broken.detail")}
      </Alert>
    ));
}

// What a person must know of an agent first: that all are stopped, or that it is out of service and why.
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { AgentDetail } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { OctagonX, TriangleAlert } from "@/components/icons";
import { ReleaseButton } from "./ReleaseButton";
import { StopAllButton } from "./StopAllButton";
import { isQuarantined } from "./trust";

const look = { mb: 2, bgcolor: "background.paper", overflowWrap: "anywhere" } as const;

export function AgentNotices({ agent }: { agent: AgentDetail }) {
  const { t } = useTranslation("agents");
  const manage = mayManage(usePerson());
  return (
    <>
      {agent.all_stopped ? (
        <Alert severity="error" variant="outlined" icon={<OctagonX size={18} aria-hidden />} action={manage ? <StopAllButton stopped /> : null} sx={look}>
          <AlertTitle sx={{ fontSize: 14 }}>{t("allStopped.title")}</AlertTitle>
          {t("allStopped.detail")}
        </Alert>
      ) : null}
      {isQuarantined(agent) ? (
        <Alert severity="error" variant="outlined" icon={<TriangleAlert size={18} aria-hidden />} action={manage ? <ReleaseButton agent={agent} /> : null} sx={look}>
          {t("quarantine.detail")}
          {agent.last_error ? <Box sx={{ mt: 0.5 }}>{t("quarantine.why", { error: agent.last_error })}</Box> : null}
        </Alert>
      ) : null}
    </>
  );
}

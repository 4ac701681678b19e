// One agent: how far it may act, what it has proved, what it promised and what came of it, and a person's hold on it.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useGetAgentQuery } from "@/api/agents";
import type { AgentDetail } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { ChevronLeft } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { RelativeTime } from "@/components/RelativeTime";
import { useWords } from "@/format/useFormats";
import { AgentFigures } from "./AgentFigures";
import { AgentTags } from "./AgentTags";
import { ControlCard } from "./ControlCard";
import { GainsFigure } from "./GainsFigure";
import { GuardrailsCard } from "./GuardrailsCard";
import { HistoryCard } from "./HistoryCard";
import { LevelLadder } from "./LevelLadder";
import { ProofBars } from "./ProofBars";
import { StopButton } from "./StopButton";
import { TrackRecordCard } from "./TrackRecordCard";

const columns = { display: "grid", gap: 2, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 2fr) minmax(320px, 1fr)" } };
const column = { display: { xs: "contents", lg: "grid" }, gap: 2 };
const at = (order: number) => ({ order: { xs: order, lg: 0 }, minWidth: 0 });

function Lead({ agent }: { agent: AgentDetail }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  return (
    <>
      <Box>{words(agent.purpose)}</Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.75, mt: 1, fontSize: 13 }}>
        <AgentTags agent={agent} />
        {agent.last_cycle_at ? (
          <span>
            {`${t("lastCycle")} `}
            <RelativeTime at={agent.last_cycle_at} />
          </span>
        ) : null}
        {agent.next_cycle_at && !agent.stopped ? (
          <span>
            {`${t("nextCycle")} `}
            <RelativeTime at={agent.next_cycle_at} />
          </span>
        ) : null}
      </Box>
    </>
  );
}

function Content({ agent }: { agent: AgentDetail }) {
  const { t } = useTranslation("agents");
  return (
    <Box sx={columns}>
      <Box sx={column}>
        <Card sx={at(1)} title={t("proof.title")}>
          <Box sx={{ display: "grid", gap: 3 }}>
            <LevelLadder agent={agent} />
            <ProofBars agent={agent} explained />
            <Box sx={{ pt: 2.5, borderTop: 1, borderColor: "divider" }}>
              <AgentFigures agent={agent} />
            </Box>
          </Box>
        </Card>
        <Card sx={at(4)} title={t("gains.title")}>
          <GainsFigure gains={agent.gains} height={200} />
        </Card>
        <Box sx={at(5)}>
          <TrackRecordCard agent={agent} />
        </Box>
      </Box>
      <Box sx={column}>
        <Box sx={at(2)}>
          <ControlCard agent={agent} />
        </Box>
        <Box sx={at(3)}>
          <GuardrailsCard agent={agent} />
        </Box>
        <Box sx={at(6)}>
          <HistoryCard history={agent.history} />
        </Box>
      </Box>
    </Box>
  );
}

function Waiting() {
  return (
    <Box aria-busy sx={columns}>
      <Box sx={column}>
        <Skeleton variant="rounded" height={400} sx={at(1)} />
        <Skeleton variant="rounded" height={330} sx={at(4)} />
      </Box>
      <Box sx={column}>
        <Skeleton variant="rounded" height={300} sx={at(2)} />
        <Skeleton variant="rounded" height={300} sx={at(3)} />
      </Box>
    </Box>
  );
}

export default function AgentPage() {
  const { t } = useTranslation("agents");
  const words = useWords();
  const manage = mayManage(usePerson());
  const name = useParams().name ?? "";
  const { currentData: agent, error, refetch } = useGetAgentQuery(name);
  const back = (
    <Button component={Link} to="/agents" startIcon={<ChevronLeft size={16} aria-hidden />}>
      {t("back")}
    </Button>
  );
  if (error && !agent)
    return (
      <Page title={t("title")} actions={back}>
        <Card>
          <ErrorState error={error} retry={refetch} />
        </Card>
      </Page>
    );
  const title = agent ? words(agent.title) : t("title");
  return (
    <Page
      title={agent ? t(agent.stopped ? "sentence.stopped" : `sentence.${agent.level}`, { agent: title }) : title}
      name={title}
      lead={agent ? <Lead agent={agent} /> : <Skeleton width={320} height={52} />}
      actions={
        <>
          {back}
          {agent && manage ? <StopButton agent={agent} /> : null}
        </>
      }
    >
      {agent ? <Content agent={agent} /> : <Waiting />}
    </Page>
  );
}

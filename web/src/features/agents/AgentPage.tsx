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
import { Columns } from "@/components/Columns";
import { ChevronLeft } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { RelativeTime } from "@/components/RelativeTime";
import { useWords } from "@/format/useFormats";
import { AgentFigures } from "./AgentFigures";
import { AgentNotices } from "./AgentNotices";
import { AgentTags } from "./AgentTags";
import { ControlCard } from "./ControlCard";
import { GainsFigure } from "./GainsFigure";
import { GuardrailsCard } from "./GuardrailsCard";
import { HistoryCard } from "./HistoryCard";
import { LevelLadder } from "./LevelLadder";
import { ProofBars } from "./ProofBars";
import { StopButton } from "./StopButton";
import { TrackRecordCard } from "./TrackRecordCard";
import { isQuarantined, standing } from "./trust";

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
        {agent.next_cycle_at && !agent.stopped && !isQuarantined(agent) ? (
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
  const trust = (
    <Card title={t("proof.title")}>
      <Box sx={{ display: "grid", gap: 3 }}>
        <LevelLadder agent={agent} />
        <ProofBars agent={agent} explained />
        <Box sx={{ pt: 2.5, borderTop: 1, borderColor: "divider" }}>
          <AgentFigures agent={agent} />
        </Box>
      </Box>
    </Card>
  );
  const gains = (
    <Card title={t("gains.title")}>
      <GainsFigure gains={agent.gains} height={200} />
    </Card>
  );
  return (
    <Columns
      pieces={[
        { key: "trust", content: trust },
        { key: "control", aside: true, content: <ControlCard agent={agent} /> },
        { key: "limits", aside: true, content: <GuardrailsCard agent={agent} /> },
        { key: "gains", content: gains },
        { key: "record", content: <TrackRecordCard agent={agent} /> },
        { key: "history", aside: true, content: <HistoryCard history={agent.history} /> },
      ]}
    />
  );
}

const place = (height: number) => <Skeleton variant="rounded" height={height} />;

function Waiting() {
  return (
    <Columns
      busy
      pieces={[
        { key: "trust", content: place(478) },
        { key: "control", aside: true, content: place(300) },
        { key: "limits", aside: true, content: place(300) },
        { key: "gains", content: place(338) },
      ]}
    />
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
      title={agent ? t(standing(agent), { agent: title }) : title}
      name={title}
      lead={agent ? <Lead agent={agent} /> : <Skeleton width={320} height={52} />}
      actions={
        <>
          {back}
          {agent && manage && !agent.all_stopped ? <StopButton agent={agent} /> : null}
        </>
      }
    >
      {agent ? <AgentNotices agent={agent} /> : null}
      {agent ? <Content agent={agent} /> : <Waiting />}
    </Page>
  );
}

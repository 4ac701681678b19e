// Agents: how far is each trusted, and on what evidence.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import Typography from "@mui/material/Typography";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useGetAgentQuery, useListAgentsQuery } from "@/api/agents";
import type { AgentList, AgentSummary } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { Bot } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { useWords } from "@/format/useFormats";
import { AgentFigures } from "./AgentFigures";
import { AgentTags } from "./AgentTags";
import { GainsFigure } from "./GainsFigure";
import { LevelLadder } from "./LevelLadder";
import { ProofBars } from "./ProofBars";
import { StopAllButton } from "./StopAllButton";
import { actsAlone, standing } from "./trust";

const chartHeight = 168;

function useSentence(list: AgentList | undefined): string {
  const { t } = useTranslation("agents");
  const words = useWords();
  const agents = list?.items ?? [];
  const [only] = agents;
  if (!only) return t("title");
  if (list?.stopped) return t("allStopped.title");
  if (agents.length === 1) return t(standing(only), { agent: words(only.title) });
  const acting = agents.filter(actsAlone).length;
  return t("sentence.many", { count: acting, all: agents.length });
}

function AgentCard({ agent }: { agent: AgentSummary }) {
  const { t } = useTranslation("agents");
  const words = useWords();
  const { data: detail, error } = useGetAgentQuery(agent.name);
  return (
    <Card>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "flex-start", gap: 1.5, mb: 2.5 }}>
        <Box sx={(theme) => ({ width: 40, height: 40, borderRadius: 1.25, display: "grid", placeItems: "center", background: theme.tokens.accentSoft, color: theme.tokens.accent })}>
          <Bot size={20} strokeWidth={1.75} aria-hidden />
        </Box>
        <Box sx={{ flex: "1 1 200px", minWidth: 0 }}>
          <Typography variant="h2">
            <Box component={Link} to={`/agents/${agent.name}`} sx={{ color: "inherit", textDecoration: "none", "&:hover": { textDecoration: "underline" } }}>
              {words(agent.title)}
            </Box>
          </Typography>
          <Typography variant="body2" sx={{ color: "text.secondary", minHeight: 20 }}>
            {words(detail?.purpose)}
          </Typography>
        </Box>
        <AgentTags agent={agent} />
      </Box>
      <Box sx={{ display: "grid", gap: { xs: 3, lg: 4 }, gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "repeat(2, minmax(0, 1fr))" } }}>
        <Box sx={{ display: "grid", gap: 3, alignContent: "start" }}>
          <LevelLadder agent={agent} />
          <ProofBars agent={agent} explained />
        </Box>
        <Box sx={{ display: "grid", gap: 2.5, alignContent: "start" }}>
          <AgentFigures agent={agent} />
          <Box>
            <Typography variant="h3" sx={{ mb: 0.5 }}>
              {t("gains.title")}
            </Typography>
            {detail ? (
              <GainsFigure gains={detail.gains} height={chartHeight} />
            ) : error ? (
              <ErrorState error={error} compact />
            ) : (
              <Skeleton variant="rounded" height={chartHeight + 68} />
            )}
          </Box>
        </Box>
      </Box>
    </Card>
  );
}

function Rule() {
  const { t } = useTranslation("agents");
  return (
    <Card title={t("rule.title")}>
      <Box sx={{ display: "grid", gap: { xs: 1.5, md: 4 }, gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(3, minmax(0, 1fr))" } }}>
        {(["earn", "lose", "hold"] as const).map((part) => (
          <Box key={part}>
            <Typography variant="h3" sx={{ mb: 0.25 }}>
              {t(`rule.${part}.title`)}
            </Typography>
            <Typography variant="body2" sx={{ color: "text.secondary", wordBreak: "keep-all" }}>
              {t(`rule.${part}.detail`)}
            </Typography>
          </Box>
        ))}
      </Box>
    </Card>
  );
}

export default function AgentsPage() {
  const { t } = useTranslation("agents");
  const { data, error, refetch } = useListAgentsQuery();
  const agents = data?.items;
  const sentence = useSentence(data);
  const manage = mayManage(usePerson());
  return (
    <Page title={sentence} name={t("title")} lead={t(data?.stopped ? "allStopped.detail" : "lead")} actions={data && data.items.length > 0 && manage ? <StopAllButton stopped={data.stopped} /> : null}>
      {error && !agents ? (
        <Card>
          <ErrorState error={error} retry={refetch} />
        </Card>
      ) : (
        <Box sx={{ display: "grid", gap: 2 }}>
          {agents ? agents.map((agent) => <AgentCard key={agent.name} agent={agent} />) : <Skeleton variant="rounded" height={430} aria-busy />}
          {agents?.length === 0 ? (
            <Card>
              <EmptyState icon={Bot} title={t("emptyTitle")}>
                {t("emptyDetail")}
              </EmptyState>
            </Card>
          ) : null}
          <Rule />
        </Box>
      )}
    </Page>
  );
}

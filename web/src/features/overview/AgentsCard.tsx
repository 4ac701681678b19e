// How far each agent is trusted, and how close it is to the next level.
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import Typography from "@mui/material/Typography";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { AgentSummary } from "@/api/types";
import { Card } from "@/components/Card";
import { AgentTags } from "@/features/agents/AgentTags";
import { useWords } from "@/format/useFormats";

export function AgentsCard({ agents }: { agents: readonly AgentSummary[] }) {
  const { t } = useTranslation("overview");
  const words = useWords();
  return (
    <Card title={t("agents.title")}>
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 2 }}>
        {agents.map((agent) => (
          <li key={agent.name}>
            <Box sx={{ display: "flex", alignItems: "center", gap: 1, mb: 1 }}>
              <Box component={Link} to={`/agents/${agent.name}`} sx={{ flex: 1, color: "text.primary", fontWeight: 600, textDecoration: "none", "&:hover": { textDecoration: "underline" } }}>
                {words(agent.title)}
              </Box>
              <AgentTags agent={agent} />
            </Box>
            <LinearProgress
              variant="determinate"
              value={Math.max(0, Math.min(100, agent.evidence.points))}
              aria-label={t("agents.evidence", { agent: words(agent.title) })}
              sx={{ height: 4, borderRadius: 1, bgcolor: "divider" }}
            />
            <Typography variant="body2" sx={{ color: "text.secondary", mt: 0.75 }}>
              {words(agent.evidence.words)}
            </Typography>
          </li>
        ))}
      </Box>
    </Card>
  );
}

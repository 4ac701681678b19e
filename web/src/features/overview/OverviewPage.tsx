// The overview: what the agents did, what it was worth, what needs you; then how the stock stands and what came last.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import { useGetAttentionQuery } from "@/api/attention";
import { useGetOverviewQuery } from "@/api/overview";
import type { Overview } from "@/api/types";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { useFormats } from "@/format/useFormats";
import { Tour } from "@/features/tour/Tour";
import { AgentsCard } from "./AgentsCard";
import { Answers } from "./Answers";
import { BrokenAgents } from "./BrokenAgents";
import { NeedsYou } from "./NeedsYou";
import { OverviewSkeleton } from "./OverviewSkeleton";
import { RecentCard } from "./RecentCard";
import { StockCard } from "./StockCard";
import { WorthCard } from "./WorthCard";

/** The page's one sentence: what was done and what it was worth, as surely as it is known. */
function useSentence(overview: Overview | undefined, waiting: number): string {
  const { t } = useTranslation("overview");
  const formats = useFormats();
  if (!overview) return t("title");
  const { did, worth } = overview;
  if (did.executed === 0 && waiting > 0) return t("sentence.asking", { count: waiting });
  if (did.executed === 0) return did.shadowed > 0 ? t("sentence.watching", { count: did.shadowed }) : t("sentence.starting");
  const { mean, low, high, unit } = worth.gain;
  if (low === null || high === null) return t("sentence.measuring", { count: did.executed });
  const values = { count: did.executed, weeks: worth.weeks, gain: formats.money(Math.abs(mean), unit) };
  if (low > 0) return t("sentence.better", values);
  if (high < 0) return t("sentence.worse", values);
  return t("sentence.unclear", values);
}

export default function OverviewPage() {
  const { t } = useTranslation("overview");
  const formats = useFormats();
  const { data: overview, error, refetch } = useGetOverviewQuery();
  const { data: attention } = useGetAttentionQuery();
  const sentence = useSentence(overview, attention?.decisions.count ?? 0);
  if (error && !overview)
    return (
      <Page title={t("title")}>
        <ErrorState error={error} retry={refetch} />
      </Page>
    );
  const shop = overview?.shop;
  return (
    <Page
      title={sentence}
      name={t("title")}
      lead={shop ? t(shop.simulated ? "lead.simulated" : "lead.real", { shop: shop.name, since: formats.date(shop.started_at) }) : " "}
    >
      {overview ? (
        <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "repeat(12, minmax(0, 1fr))" } }}>
          <BrokenAgents agents={overview.agents} />
          <Answers overview={overview} attention={attention} sx={{ gridColumn: { lg: "1 / -1" } }} />
          <WorthCard worth={overview.worth} sx={{ gridColumn: { lg: "span 8" } }} />
          <NeedsYou attention={attention} sx={{ gridColumn: { lg: "span 4" } }} />
          <RecentCard recent={overview.recent} sx={{ gridColumn: { lg: "span 8" } }} />
          <Box sx={{ gridColumn: { lg: "span 4" }, display: "grid", gap: 2, alignContent: "start" }}>
            <StockCard stock={overview.stock} />
            <AgentsCard agents={overview.agents} />
          </Box>
        </Box>
      ) : (
        <OverviewSkeleton />
      )}
      <Tour />
    </Page>
  );
}

// What sold, and the forecast that the latest decision stood on; or the stock of every evening.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useGetDecisionQuery } from "@/api/decisions";
import type { BandPoint, HistoryPoint, ProductDetail } from "@/api/types";
import { Card } from "@/components/Card";
import { ChoiceBar } from "@/components/ChoiceBar";
import { TrendingUp } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { latestDecision, placeOf, soldOf } from "./demand";
import { SalesFigure, StockFigure } from "./DemandFigures";

const chartHeight = 300;
const everywhere = "all";

interface Shown {
  place: string;
  history: readonly HistoryPoint[];
  forecast: readonly BandPoint[];
  decision: { id: string; at: string } | null;
  loading: boolean;
}

/** The history and the forecast of the place that is looked at. */
function useShown(detail: ProductDetail): Shown {
  const [search] = useSearchParams();
  const codes = detail.locations.map(({ location }) => location.code);
  const several = codes.length > 1;
  const asked = search.get("place") ?? "";
  const known = asked === everywhere || codes.includes(asked);
  const usual = detail.forecast ? placeOf(detail.forecast.subject) : everywhere;
  const place = known ? asked : several ? usual : (codes[0] ?? everywhere);
  const decision = latestDecision(detail, place);
  const apart = several && place !== everywhere && decision !== undefined;
  const { currentData } = useGetDecisionQuery(decision?.id ?? "", { skip: !apart });
  const made = decision ? { id: decision.id, at: decision.created_at } : null;
  if (apart)
    return {
      place,
      history: currentData?.evidence.history ?? [],
      forecast: currentData?.evidence.forecast ?? [],
      decision: made,
      loading: !currentData,
    };
  return {
    place: several && !decision ? everywhere : place,
    history: soldOf(detail.history),
    forecast: several ? [] : (detail.forecast?.items ?? []),
    decision: several ? null : made,
    loading: false,
  };
}

export function DemandCard({ detail }: { detail: ProductDetail }) {
  const { t } = useTranslation("stock");
  const [search, setSearch] = useSearchParams();
  const shown = useShown(detail);
  const view = search.get("view") === "stock" ? "stock" : "sold";
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.set(name, value);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const decided = detail.locations.filter(({ location }) => latestDecision(detail, location.code));
  const places = [...decided.map(({ location }) => ({ value: location.code, label: location.name })), { value: everywhere, label: t("demand.all") }];
  const action = (
    <ChoiceBar
      label={t("demand.show")}
      value={view}
      options={[
        { value: "sold", label: t("demand.sold") },
        { value: "stock", label: t("demand.stock") },
      ]}
      onChange={(value) => set("view", value)}
    />
  );
  if (detail.history.length === 0)
    return (
      <Card title={t("demand.title")}>
        <EmptyState icon={TrendingUp} title={t("demand.emptyTitle")}>
          {t("demand.emptyDetail")}
        </EmptyState>
      </Card>
    );
  return (
    <Card title={t("demand.title")}>
      <Box sx={{ display: "flex", flexWrap: "wrap", justifyContent: "space-between", gap: 1, mb: 1 }}>
        {action}
        {view === "sold" && detail.locations.length > 1 ? (
          <ChoiceBar label={t("demand.place")} value={shown.place} options={places} onChange={(value) => set("place", value)} />
        ) : null}
      </Box>
      {view === "stock" ? (
        <StockFigure detail={detail} />
      ) : shown.loading ? (
        <Skeleton variant="rounded" height={chartHeight + 84} aria-busy />
      ) : (
        <SalesFigure history={shown.history} forecast={shown.forecast} decision={shown.decision} level={detail.forecast?.level ?? 0.8} together={shown.place === everywhere && detail.locations.length > 1} />
      )}
    </Card>
  );
}

// One product: will it last, what is expected to sell, what is on its way, and what was decided about it.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useGetProductQuery } from "@/api/stock";
import type { ProductDetail } from "@/api/types";
import { Card } from "@/components/Card";
import { Columns } from "@/components/Columns";
import { Ban, ChevronLeft, ListChecks, Package } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { HealthTag, Tag } from "@/components/Tag";
import { DecisionLine } from "@/features/decisions/DecisionLine";
import { useCurrency, useFormats, useWords } from "@/format/useFormats";
import { DemandCard } from "./DemandCard";
import { LedgerCard } from "./LedgerCard";
import { OrdersCard } from "./OrdersCard";
import { PlaceCard } from "./PlaceCard";
import { standingOf } from "./standing";

function useStanding(detail: ProductDetail): string {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  const standing = standingOf(detail.locations);
  if (!standing) return t("place.none");
  const { health, row, everywhere, days, onHand } = standing;
  const place = row.location.name;
  if (health === "out") return everywhere ? t("detail.outEverywhere") : t("detail.out", { place });
  if (health === "low") return t("detail.low", { place, days: formats.number(row.days_of_cover ?? 0) });
  if (days === null) return t("detail.noSales", { number: formats.number(onHand) });
  return t(health === "overstock" ? "detail.overstock" : "detail.lasts", { days: formats.number(Math.round(days)) });
}

function Lead({ detail }: { detail: ProductDetail }) {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  const currency = useCurrency();
  const { product } = detail;
  const standing = standingOf(detail.locations);
  const sentence = useStanding(detail);
  const facts: [string, string][] = [
    [t("facts.code"), product.sku],
    [t("facts.price"), formats.money(product.price, currency)],
    [t("facts.cost"), formats.money(product.unit_cost, currency)],
    [t("facts.supplier"), product.supplier?.name ?? "–"],
    [t("facts.category"), product.category || "–"],
  ];
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1, rowGap: 0.5, color: "text.primary" }}>
        {standing ? <HealthTag health={standing.health} /> : null}
        {product.active ? null : (
          <Tag icon={Ban} tone="neutral">
            {t("inactive")}
          </Tag>
        )}
        <span>{sentence}</span>
      </Box>
      <Box component="dl" sx={{ m: 0, mt: 1, display: "flex", flexWrap: "wrap", columnGap: 2.5, rowGap: 0.25, fontSize: 13 }}>
        {facts.map(([name, value]) => (
          <Box key={name} sx={{ display: "flex", gap: 0.75 }}>
            <Box component="dt">{name}</Box>
            <Box component="dd" sx={{ m: 0, color: "text.primary", fontVariantNumeric: "tabular-nums" }}>
              {value}
            </Box>
          </Box>
        ))}
      </Box>
    </>
  );
}

function DecisionsCard({ detail }: { detail: ProductDetail }) {
  const { t } = useTranslation("stock");
  return (
    <Card title={t("decisions.title")} flush>
      {detail.decisions.length ? (
        detail.decisions.slice(0, 8).map((decision) => <DecisionLine key={decision.id} decision={decision} />)
      ) : (
        <EmptyState icon={ListChecks} title={t("decisions.emptyTitle")} compact>
          {t("decisions.emptyDetail")}
        </EmptyState>
      )}
    </Card>
  );
}

function Content({ detail }: { detail: ProductDetail }) {
  const { t } = useTranslation("stock");
  const places = detail.locations.length ? (
    detail.locations.map((row) => <PlaceCard key={row.location.id} row={row} />)
  ) : (
    <Card>
      <EmptyState icon={Package} title={t("place.none")} compact>
        {t("place.noneDetail")}
      </EmptyState>
    </Card>
  );
  return (
    <Columns
      pieces={[
        { key: "places", aside: true, content: <Box sx={{ display: "grid", gap: 2 }}>{places}</Box> },
        { key: "demand", content: <DemandCard detail={detail} /> },
        { key: "orders", content: <OrdersCard orders={detail.orders} productId={detail.product.id} /> },
        { key: "decisions", content: <DecisionsCard detail={detail} /> },
        { key: "ledger", aside: true, content: <LedgerCard movements={detail.movements} /> },
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
        { key: "first", aside: true, content: place(270) },
        { key: "second", aside: true, content: place(270) },
        { key: "demand", content: place(490) },
        { key: "orders", content: place(260) },
      ]}
    />
  );
}

export default function ProductPage() {
  const { t } = useTranslation("stock");
  const words = useWords();
  const id = Number(useParams().productId);
  const { currentData: detail, error, refetch } = useGetProductQuery(id);
  const back = (
    <Button component={Link} to="/stock" startIcon={<ChevronLeft size={16} aria-hidden />}>
      {t("back")}
    </Button>
  );
  if (error && !detail)
    return (
      <Page title={t("title")} actions={back}>
        <ErrorState error={error} retry={refetch} />
      </Page>
    );
  return (
    <Page title={detail ? words(detail.product.name) : t("title")} lead={detail ? <Lead detail={detail} /> : <Skeleton width={280} height={54} />} actions={back}>
      {detail ? <Content key={id} detail={detail} /> : <Waiting />}
    </Page>
  );
}

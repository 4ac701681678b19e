// How the stock stands: healthy, low, out, too much; what it is worth and how often shelves answered.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Tooltip from "@mui/material/Tooltip";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Health, Overview } from "@/api/types";
import { Card } from "@/components/Card";
import { Package } from "@/components/icons";
import { EmptyState } from "@/components/Notice";
import { SplitBar } from "@/components/SplitBar";
import { healthLooks } from "@/components/Tag";
import { useCurrency, useFormats } from "@/format/useFormats";

const order: readonly Health[] = ["healthy", "low", "out", "overstock"];

function Figure({ label, value, full }: { label: string; value: string; full?: string }) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box component="dt" sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary" }}>
        {label}
      </Box>
      <Tooltip title={full === value ? "" : (full ?? "")}>
        <Box component="dd" sx={{ m: 0, fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>
          {value}
        </Box>
      </Tooltip>
    </Box>
  );
}

export function StockCard({ stock }: { stock: Overview["stock"] }) {
  const { t } = useTranslation(["overview", "words"]);
  const formats = useFormats();
  const currency = useCurrency();
  const money = (value: number) => ({ value: formats.moneyShort(value, currency), full: formats.money(value, currency) });
  if (stock.products === 0)
    return (
      <Card title={t("stock.title")}>
        <EmptyState icon={Package} title={t("stock.emptyTitle")} compact>
          {t("stock.emptyDetail")}
        </EmptyState>
      </Card>
    );
  return (
    <Card
      title={t("stock.title")}
      action={
        <Button variant="text" component={Link} to="/stock" aria-label={t("stock.all")}>
          {t("words:action.seeAll")}
        </Button>
      }
    >
      <SplitBar
        label={t("stock.split")}
        parts={order.map((health) => ({
          key: health,
          label: t(`words:health.${health}`),
          count: stock[health],
          tone: healthLooks[health][0],
          icon: healthLooks[health][1],
          to: `/stock?health=${health}`,
        }))}
      />
      <Box component="dl" sx={{ display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 1fr))", gap: 1.5, m: 0, mt: 2, pt: 2, borderTop: 1, borderColor: "divider" }}>
        <Figure label={t("stock.value")} {...money(stock.value)} />
        <Figure label={t("stock.onOrder")} {...money(stock.on_order_value)} />
        {stock.fill_rate === null ? null : <Figure label={t("stock.fillRate")} value={formats.percent(stock.fill_rate, 1)} />}
      </Box>
    </Card>
  );
}

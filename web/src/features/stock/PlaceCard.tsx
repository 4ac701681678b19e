// One place of a product: what is there against what is aimed at, how long it lasts, and a way to correct it.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTheme } from "@mui/material/styles";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StockRow } from "@/api/types";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { SlidersHorizontal } from "@/components/icons";
import { HealthTag, healthLooks } from "@/components/Tag";
import { useCurrency, useFormats } from "@/format/useFormats";
import { AdjustDialog } from "./AdjustDialog";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box component="dt" sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary" }}>
        {name}
      </Box>
      <Box component="dd" sx={{ m: 0, fontVariantNumeric: "tabular-nums" }}>
        {children}
      </Box>
    </Box>
  );
}

/** On hand as a bar, what is on its way as its pale end, and the target as a mark. */
function Level({ row }: { row: StockRow }) {
  const { tokens } = useTheme();
  const [tone] = healthLooks[row.health];
  const colour = tone === "neutral" ? tokens.baseline : tokens[tone];
  const most = Math.max(1, row.on_hand + row.on_order, row.target ?? 0) * 1.04;
  const percent = (pieces: number) => `${(pieces / most) * 100}%`;
  return (
    <Box aria-hidden sx={{ position: "relative", height: 16, my: 0.75 }}>
      <Box sx={{ position: "absolute", inset: "4px 0", borderRadius: 1, bgcolor: "divider", overflow: "hidden", display: "flex" }}>
        <Box sx={{ width: percent(row.on_hand), background: colour }} />
        <Box sx={{ width: percent(row.on_order), background: colour, opacity: 0.35 }} />
      </Box>
      {row.target === null ? null : (
        <Box sx={{ position: "absolute", left: percent(row.target), top: 0, width: 2, height: 16, background: tokens.text }} />
      )}
    </Box>
  );
}

export function PlaceCard({ row }: { row: StockRow }) {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  const currency = useCurrency();
  const manage = mayManage(usePerson());
  const [adjusting, setAdjusting] = useState(false);
  const lasts =
    row.days_of_cover === null
      ? t("noSales")
      : t("days", { count: row.days_of_cover, number: formats.number(row.days_of_cover, { maximumFractionDigits: row.days_of_cover < 10 ? 1 : 0 }) });
  return (
    <Card title={row.location.name} action={<HealthTag health={row.health} />}>
      <Box sx={{ display: "flex", alignItems: "baseline", gap: 1 }}>
        <Box component="span" sx={{ fontSize: 24, lineHeight: "32px", fontWeight: 600, letterSpacing: "-0.02em", fontVariantNumeric: "tabular-nums" }}>
          {formats.number(row.on_hand)}
        </Box>
        <Box component="span" sx={{ color: "text.secondary" }}>
          {t("place.onHand")}
        </Box>
      </Box>
      <Level row={row} />
      <Box component="dl" sx={{ m: 0, mt: 1, display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 1fr))", gap: 1.5 }}>
        <Fact name={t("cover")}>{lasts}</Fact>
        <Fact name={t("onOrder")}>{row.on_order ? formats.number(row.on_order) : "–"}</Fact>
        <Fact name={t("target")}>{row.target === null ? "–" : formats.number(row.target)}</Fact>
        <Fact name={t("sold28")}>{formats.number(row.sold_28d)}</Fact>
        <Fact name={t("value")}>{formats.money(row.value, currency)}</Fact>
      </Box>
      {manage ? (
        <Button
          fullWidth
          startIcon={<SlidersHorizontal size={15} aria-hidden />}
          aria-label={t("place.adjustAt", { place: row.location.name })}
          onClick={() => setAdjusting(true)}
          sx={{ mt: 2 }}
        >
          {t("place.adjust")}
        </Button>
      ) : null}
      {adjusting ? <AdjustDialog row={row} onClose={() => setAdjusting(false)} /> : null}
    </Card>
  );
}

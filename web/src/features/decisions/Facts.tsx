// The figures that the agent weighed: what lies there, what is coming, what it costs.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Decision } from "@/api/types";
import { useFormats } from "@/format/useFormats";

export function Facts({ decision }: { decision: Decision }) {
  const { t } = useTranslation("decisions");
  const formats = useFormats();
  const { evidence, predicted } = decision;
  const { stock_on_hand: onHand, on_order: onOrder, target, lead_time_days: lead, unit_cost: cost, price } = evidence;
  const pieces = (value: number | undefined) => (value === undefined ? null : formats.number(value, { maximumFractionDigits: 0 }));
  const money = (value: number | undefined) => (value === undefined ? null : formats.money(value, predicted.unit));
  const facts: [string, string | null][] = [
    [t("detail.onHand"), pieces(onHand)],
    [t("detail.onOrder"), pieces(onOrder)],
    [t("detail.target"), pieces(target)],
    [
      t("detail.leadTime"),
      lead
        ? t("detail.leadDays", { mean: formats.number(lead.mean), low: formats.number(lead.low), high: formats.number(lead.high) })
        : null,
    ],
    [t("detail.unitCost"), money(cost)],
    [t("detail.price"), money(price)],
  ];
  const productId = evidence.product_id;
  return (
    <>
      <Box
        component="dl"
        sx={{ display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 1fr))", gap: 1.5, m: 0, mt: 2, p: 2, borderRadius: 1, bgcolor: "background.default" }}
      >
        {facts.map(([label, value]) =>
          value === null ? null : (
            <Box key={label}>
              <Box component="dt" sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary" }}>
                {label}
              </Box>
              <Box component="dd" sx={{ m: 0, fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>
                {value}
              </Box>
            </Box>
          ),
        )}
      </Box>
      {typeof productId === "number" ? (
        <Box component={Link} to={`/stock/${productId}`} sx={{ display: "inline-block", mt: 1, color: "primary.main", fontSize: 13 }}>
          {t("detail.product")}
        </Box>
      ) : null}
    </>
  );
}

// The stock table: one line for each product at each place, sickest first, each opening the product's page.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { StockRow } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { HealthTag } from "@/components/Tag";
import { useCurrency, useFormats, useWords } from "@/format/useFormats";
import { CoverBar } from "./CoverBar";

interface StockTableProps {
  rows: readonly StockRow[] | undefined;
  severalLocations: boolean;
  sort: string;
  onSort: (sort: string) => void;
  empty: ReactNode;
}

function useColumns(severalLocations: boolean): Column<StockRow>[] {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  const currency = useCurrency();
  const words = useWords();
  const location: Column<StockRow> = { key: "location", header: t("location"), cell: (row) => row.location.name, sortBy: "location", from: "md" };
  return [
    {
      key: "name",
      header: t("product"),
      sortBy: "name",
      width: "24%",
      cell: (row) => (
        <>
          <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
            {words(row.name)}
          </Box>
          <Box component="span" sx={{ fontSize: 12, color: "text.secondary" }}>
            {row.sku}
          </Box>
        </>
      ),
    },
    { key: "health", header: t("health"), sortBy: "health", cell: (row) => <HealthTag health={row.health} /> },
    ...(severalLocations ? [location] : []),
    { key: "cover", header: t("cover"), sortBy: "days_of_cover", width: 132, cell: (row) => <CoverBar days={row.days_of_cover} onHand={row.on_hand} health={row.health} /> },
    { key: "on_hand", header: t("onHand"), align: "right", sortBy: "on_hand", cell: (row) => formats.number(row.on_hand) },
    { key: "on_order", header: t("onOrder"), align: "right", sortBy: "on_order", cell: (row) => (row.on_order ? formats.number(row.on_order) : "–") },
    { key: "target", header: t("target"), align: "right", sortBy: "target", from: "md", cell: (row) => (row.target === null ? "–" : formats.number(row.target)) },
    { key: "sold", header: t("sold28"), align: "right", sortBy: "sold_28d", from: "lg", cell: (row) => formats.number(row.sold_28d) },
    { key: "value", header: t("value"), align: "right", sortBy: "value", from: "lg", cell: (row) => formats.money(row.value, currency) },
    { key: "supplier", header: t("supplier"), sortBy: "supplier", from: "lg", cell: (row) => row.supplier?.name ?? "–" },
  ];
}

export function StockTable({ rows, severalLocations, sort, onSort, empty }: StockTableProps) {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  const words = useWords();
  const columns = useColumns(severalLocations);
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.product_id}@${row.location.id}`}
      to={(row) => `/stock/${row.product_id}`}
      sort={sort}
      onSort={onSort}
      empty={empty}
      card={(row) => (
        <>
          <Box sx={{ display: "flex", gap: 1, alignItems: "flex-start" }}>
            <Box sx={{ flex: 1, minWidth: 0, fontWeight: 600 }}>{words(row.name)}</Box>
            <HealthTag health={row.health} />
          </Box>
          <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 1.5, fontSize: 13, color: "text.secondary", fontVariantNumeric: "tabular-nums", mt: 0.5 }}>
            <span>{t("card.onHand", { count: row.on_hand, number: formats.number(row.on_hand) })}</span>
            {row.days_of_cover === null ? null : <span>{t("card.cover", { days: formats.number(row.days_of_cover) })}</span>}
            {row.on_order ? <span>{t("card.onOrder", { number: formats.number(row.on_order) })}</span> : null}
            {severalLocations ? <span>{row.location.name}</span> : null}
          </Box>
        </>
      )}
    />
  );
}

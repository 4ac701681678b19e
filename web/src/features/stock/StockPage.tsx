// Stock: what runs out, what is low, what lies too long; then every product at every place.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useGetOverviewQuery } from "@/api/overview";
import { useListStockQuery } from "@/api/stock";
import type { Overview } from "@/api/types";
import { Card } from "@/components/Card";
import { Boxes, Search, X } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Pager, useCursor } from "@/components/Pager";
import { SearchField } from "@/components/SearchField";
import { useCurrency, useFormats } from "@/format/useFormats";
import { HealthFilter } from "./HealthFilter";
import { isFiltered, pageSize, stockFilter, withChoice } from "./stockQuery";
import { StockTable } from "./StockTable";
import { useLocations } from "./useLocations";

/** The page's one sentence: what needs stock now. */
function useSentence(stock: Overview["stock"] | undefined): string {
  const { t } = useTranslation("stock");
  const formats = useFormats();
  if (!stock) return t("title");
  if (stock.places === 0) return t("sentence.empty");
  const values = { out: formats.number(stock.out), low: formats.number(stock.low), count: stock.out + stock.low };
  if (stock.out && stock.low) return t("sentence.both", values);
  if (stock.out) return t("sentence.out", values);
  return stock.low ? t("sentence.low", values) : t("sentence.well");
}

function Empty({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const { t } = useTranslation(["stock", "words"]);
  return filtered ? (
    <EmptyState icon={Search} title={t("nothingFits")} action={<Button onClick={clear}>{t("words:action.clear")}</Button>}>
      {t("nothingFitsDetail")}
    </EmptyState>
  ) : (
    <EmptyState icon={Boxes} title={t("emptyTitle")}>
      {t("emptyDetail")}
    </EmptyState>
  );
}

export default function StockPage() {
  const { t } = useTranslation(["stock", "words"]);
  const formats = useFormats();
  const currency = useCurrency();
  const [search, setSearch] = useSearchParams();
  const place = useCursor();
  const filter = stockFilter(search, place.cursor);
  const { data: overview } = useGetOverviewQuery();
  const { currentData: page, error, refetch } = useListStockQuery(filter);
  const locations = useLocations();
  const stock = overview?.stock;
  const sentence = useSentence(stock);
  const choose = useCallback(
    (name: "q" | "health" | "location" | "sort", value: string) => setSearch((old) => withChoice(old, name, value), { replace: name === "q" }),
    [setSearch],
  );
  const find = useCallback((text: string) => choose("q", text), [choose]);
  const clear = () => setSearch((old) => ["q", "health", "location"].reduce((next, name) => withChoice(next, name as "q", ""), old));
  const worth = stock && {
    value: formats.moneyShort(stock.value, currency),
    ordered: formats.moneyShort(stock.on_order_value, currency),
    count: stock.products,
  };
  return (
    <Page title={sentence} name={t("title")} lead={worth ? t("lead", worth) : " "}>
      <HealthFilter stock={stock} value={filter.health ?? ""} onChange={(health) => choose("health", health)} />
      <Card flush sx={{ mt: 2 }}>
        <Box role="search" sx={{ display: "flex", flexWrap: "wrap", columnGap: 1, rowGap: 1.5, p: 1.5, borderBottom: 1, borderColor: "divider" }}>
          <SearchField label={t("search")} value={filter.q ?? ""} onSearch={find} />
          {locations.length > 1 ? (
            <TextField
              select
              label={t("location")}
              value={locations.some(({ id }) => String(id) === filter.location) ? filter.location : ""}
              onChange={(event) => choose("location", event.target.value)}
              slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
              sx={{ minWidth: 180, flex: { xs: 1, sm: "none" } }}
            >
              <MenuItem value="">{t("allLocations")}</MenuItem>
              {locations.map(({ id, name }) => (
                <MenuItem key={id} value={String(id)}>
                  {name}
                </MenuItem>
              ))}
            </TextField>
          ) : null}
          {isFiltered(search) ? (
            <Button variant="text" startIcon={<X size={16} aria-hidden />} onClick={clear}>
              {t("words:action.clear")}
            </Button>
          ) : null}
        </Box>
        {error && !page ? (
          <ErrorState error={error} retry={refetch} />
        ) : (
          <StockTable
            rows={page?.items}
            severalLocations={locations.length > 1}
            sort={filter.sort ?? ""}
            onSort={(sort) => choose("sort", sort)}
            empty={<Empty filtered={isFiltered(search)} clear={clear} />}
          />
        )}
        {page && page.items.length > 0 ? (
          <Pager place={place} pageSize={pageSize} count={page.items.length} total={page.total} next={page.next_cursor} />
        ) : null}
      </Card>
    </Page>
  );
}

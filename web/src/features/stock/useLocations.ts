// The places that keep stock, gathered from the first rows of the stock table, where every product names its places.
import { useListStockQuery } from "@/api/stock";
import type { Location } from "@/api/types";

const none: readonly Location[] = [];

export function locationsOf(rows: readonly { location: Location }[]): Location[] {
  const known = new Map(rows.map(({ location }) => [location.id, location]));
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export function useLocations(): readonly Location[] {
  const { data } = useListStockQuery({ sort: "sku", limit: 50 }, { selectFromResult: ({ data: page }) => ({ data: page?.items }) });
  return data ? locationsOf(data) : none;
}

// What the stock table is asked for, read from the address: search, health, location, order.
import type { StockFilter } from "@/api/stock";
import type { Health } from "@/api/types";

export const healths: readonly Health[] = ["out", "low", "healthy", "overstock"];
export const pageSize = 50;
/** The sickest places first, as nobody opens this page to see what is well. */
export const usualSort = "health";

const isHealth = (text: string | null): text is Health => healths.some((health) => health === text);

export function stockFilter(search: URLSearchParams, cursor?: string): StockFilter {
  const health = search.get("health");
  return {
    q: search.get("q") ?? undefined,
    health: isHealth(health) ? health : undefined,
    location: search.get("location") ?? undefined,
    sort: search.get("sort") ?? usualSort,
    limit: pageSize,
    cursor,
  };
}

/** The address after one choice changed: back on the first page, without empty values. */
export function withChoice(search: URLSearchParams, name: "q" | "health" | "location" | "sort", value: string): URLSearchParams {
  const next = new URLSearchParams(search);
  next.delete("at");
  if (value && !(name === "sort" && value === usualSort)) next.set(name, value);
  else next.delete(name);
  return next;
}

export const isFiltered = (search: URLSearchParams): boolean => ["q", "health", "location"].some((name) => search.has(name));

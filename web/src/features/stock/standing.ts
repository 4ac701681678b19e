// How a product stands, from the worst of its places: the one thing its page says first.
import type { Health, StockRow } from "@/api/types";

const worstFirst: readonly Health[] = ["out", "low", "overstock", "healthy"];

export interface Standing {
  health: Health;
  /** The place that stands worst. */
  row: StockRow;
  /** True when every place stands like that. */
  everywhere: boolean;
  /** Days that all stock together lasts; null where nothing sold. */
  days: number | null;
  onHand: number;
}

export function standingOf(rows: readonly StockRow[]): Standing | null {
  const row = [...rows].sort((a, b) => worstFirst.indexOf(a.health) - worstFirst.indexOf(b.health))[0];
  if (!row) return null;
  const onHand = rows.reduce((sum, one) => sum + one.on_hand, 0);
  const sold = rows.reduce((sum, one) => sum + one.sold_28d, 0);
  return {
    health: row.health,
    row,
    everywhere: rows.every(({ health }) => health === row.health),
    days: sold > 0 ? (onHand * 28) / sold : null,
    onHand,
  };
}

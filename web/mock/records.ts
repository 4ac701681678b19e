// Made-up orders, ledger lines, people and a second agent, for the pages that show them.
import type { AgentDetail, Location, Movement, PersonRow, PurchaseOrder, StockRow } from "../src/api/types";
import { today } from "./decisions";
import { locations, type MockProduct, seeded } from "./products";

const day = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

export function ordersOf(product: MockProduct): PurchaseOrder[] {
  return Array.from({ length: 4 }, (_, index) => {
    const at = today - (index * 8 + 2) * day;
    const status = index === 0 ? "sent" : index === 2 ? "cancelled" : "received";
    const quantity = Math.round(product.daily * (10 + index));
    return {
      id: product.id * 10 + index,
      number: `PO-${2400 - product.id - index * 17}`,
      supplier: product.supplier,
      location: locations[index % 2] as Location,
      status,
      created_at: iso(at),
      expected_at: iso(at + 7 * day),
      received_at: status === "received" ? iso(at + 7.4 * day) : null,
      lines: [{ product_id: product.id, sku: product.sku, name: product.name, quantity, received: status === "received" ? quantity : 0, unit_cost: product.unit_cost }],
      total: Math.round(quantity * product.unit_cost * 100) / 100,
      decision_ids: [],
    } satisfies PurchaseOrder;
  });
}

export function movementsOf(product: MockProduct): Movement[] {
  const random = seeded(product.id + 400);
  let balance = Math.round(product.daily * 9);
  return Array.from({ length: 24 }, (_, index) => {
    const kind = index % 9 === 4 ? "receipt" : index % 11 === 7 ? "adjustment" : "sale";
    const pieces = Math.max(1, Math.round(product.daily * (0.5 + random())));
    const quantity = kind === "receipt" ? pieces * 8 : kind === "adjustment" ? -1 : -pieces;
    const line = { at: iso(today - index * 0.8 * day), kind, quantity, balance, reference: kind === "receipt" ? "PO-2381" : kind === "adjustment" ? "counted" : "" };
    balance = Math.max(0, balance - quantity);
    return line;
  });
}

const person = (id: number, email: string, name: string, role: PersonRow["role"], seen: number | null): PersonRow => ({
  id,
  email,
  name,
  role,
  language: id % 2 ? "ko" : "en",
  has_password: seen !== null,
  created_at: iso(Date.now() - 90 * day),
  last_sign_in_at: seen === null ? null : iso(Date.now() - seen * day),
});

export const people: PersonRow[] = [
  person(1, "owner@example.com", "Owner", "owner", 0),
  person(2, "buying@example.com", "Buying desk", "manager", 1.2),
  person(3, "books@example.com", "Accounts", "analyst", 9),
  person(4, "shop-floor@example.com", "Shop floor", "viewer", null),
];

/** The same agent seen by another name, earlier on its way. */
export function younger(agent: AgentDetail): AgentDetail {
  return {
    ...agent,
    name: "pricing",
    title: { en: "Pricing", ko: "가격" },
    purpose: { en: "Moves prices to where they earn most.", ko: "가장 많이 남는 가격을 찾아 조정합니다." },
    level: "shadow",
    cap: "bounded",
    stopped: true,
    state: "stopped",
    decisions: 41,
    waiting: 0,
    gain_mean: -0.6,
    coverage: null,
    evidence: { points: 0, gain_points: 8, calibration_points: 0, towards: null, words: { en: "Stopped until a person resumes it.", ko: "사람이 다시 시작할 때까지 멈춰 있습니다." } },
    history: [],
    gains: [],
  };
}

export function sortedStock(rows: readonly StockRow[], sort: string): StockRow[] {
  const field = sort.replace("-", "");
  const rank = ["out", "low", "overstock", "healthy"];
  const read = (row: StockRow): number | string => {
    if (field === "health") return rank.indexOf(row.health);
    if (field === "name") return row.name.en;
    if (field === "location") return row.location.name;
    if (field === "supplier") return row.supplier?.name ?? "";
    return (row[field as keyof StockRow] as number | string | null) ?? Number.POSITIVE_INFINITY;
  };
  const sign = sort.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => (read(a) < read(b) ? -sign : read(a) > read(b) ? sign : 0));
}

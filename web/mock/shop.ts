// The rest of the made-up shop: overview, agents, settings, people, and one product's page.
import type { AgentDetail, Overview, ProductDetail, Session, ShopSettings } from "../src/api/types";
import { decisions, today } from "./decisions";
import { products, seeded, stockRows } from "./products";
import { movementsOf, ordersOf } from "./records";

const day = 86_400_000;
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);

export const clock = {
  now: new Date(today).toISOString(),
  mode: "accelerated" as const,
  speed: 43_200,
  paused: false,
  seconds_per_day: 2,
};

export const session: Session = {
  access_token: "made-up",
  token_type: "bearer",
  expires_in: 900,
  person: { id: 1, email: "owner@example.com", name: "", role: "owner", language: "ko", has_password: true },
};

export const agent: AgentDetail = {
  name: "replenishment",
  title: { en: "Replenishment", ko: "재주문" },
  purpose: { en: "Keeps every shelf filled at the lowest cost.", ko: "품절과 과잉 재고를 줄이도록 제때 주문합니다." },
  pack: "retail",
  level: "bounded",
  cap: "full",
  pinned: false,
  stopped: false,
  state: "running",
  decisions: decisions.length,
  waiting: decisions.filter(({ status }) => status === "waiting").length,
  gain_mean: 11.4,
  coverage: 0.79,
  evidence: {
    points: 64,
    gain_points: 64,
    calibration_points: 80,
    towards: "full",
    words: { en: "64 of 100 points towards “Full”", ko: "‘전면 실행’까지 100점 중 64점" },
  },
  last_cycle_at: new Date(today - 0.4 * day).toISOString(),
  next_cycle_at: new Date(today + 0.6 * day).toISOString(),
  max_loss_per_cycle: 900,
  all_stopped: false,
  last_error: "",
  history: [
    { at: new Date(today - 60 * day).toISOString(), kind: "promoted", from: "shadow", to: "advise", cause: { en: "Evidence reached 100 points", ko: "증거가 100점에 이르렀습니다" }, actor: "rule" },
    { at: new Date(today - 30 * day).toISOString(), kind: "promoted", from: "advise", to: "bounded", cause: { en: "Evidence reached 100 points", ko: "증거가 100점에 이르렀습니다" }, actor: "rule" },
  ],
  gains: Array.from({ length: 12 }, (_, index) => ({
    cycle: `w${index + 1}`,
    at: new Date(today - (12 - index) * 7 * day).toISOString(),
    gain: Math.round(seeded(index + 1)() * 700 - 120),
    normalised: seeded(index + 1)() * 0.6 - 0.1,
    covered_share: 0.7 + seeded(index + 5)() * 0.25,
  })),
  guardrails: [
    { guard: "budget", limit: 2500, unit: "GBP", words: { en: "Most money a cycle", ko: "한 주기에 쓸 수 있는 금액" } },
    { guard: "quantity_band", limit: 4, unit: "weeks", words: { en: "Most weeks of sales an order", ko: "한 번에 주문할 수 있는 판매 주수" } },
  ],
};

function worthSeries(): Overview["worth"]["series"] {
  const random = seeded(5);
  let [withAgents, without] = [0, 0];
  return Array.from({ length: 84 }, (_, index) => {
    const base = 300 + 120 * Math.sin(index / 5) + (random() - 0.5) * 160;
    without += base;
    withAgents += base + 10 + index * 0.9 + (random() - 0.5) * 60;
    return {
      date: dateOf(today - (84 - index) * day),
      with_agents: Math.round(withAgents),
      without_agents: Math.round(without),
    };
  });
}

const health = (name: string) => stockRows.filter((row) => row.health === name).length;
const series = worthSeries();
const end = series.at(-1);
const mean = end ? end.with_agents - end.without_agents : 0;

export const overview: Overview = {
  shop: { name: "Demo shop", currency: "GBP", simulated: true, started_at: new Date(today - 84 * day).toISOString() },
  clock,
  worth: {
    gain: { mean, low: Math.round(mean * 0.78), high: Math.round(mean * 1.21), unit: "GBP" },
    method: "common_random_numbers",
    since: dateOf(today - 84 * day),
    decisions_measured: decisions.filter(({ measured }) => measured).length,
    weeks: 12,
    confidence: { en: "Very likely real: 99 of 100 replays gain.", ko: "거의 확실합니다. 100번 다시 돌리면 99번 이익입니다." },
    series,
  },
  did: {
    executed: 148,
    shadowed: 31,
    blocked: 9,
    approved_by_person: 22,
    by_day: Array.from({ length: 28 }, (_, index) => ({
      date: dateOf(today - (28 - index) * day),
      count: Math.round(seeded(index)() * 9),
    })),
  },
  stock: {
    products: products.length,
    places: stockRows.length,
    healthy: health("healthy"),
    low: health("low"),
    out: health("out"),
    overstock: health("overstock"),
    value: 48_230,
    on_order_value: 6_120,
    fill_rate: 0.968,
  },
  agents: [agent],
  recent: decisions.slice(0, 8),
};

export const settings: ShopSettings = {
  shop: { name: "Demo shop", currency: "GBP", language: "ko" },
  replenishment: {
    holding_cost_pct_week: 2,
    order_cost: 2,
    salvage_share: 0.7,
    review_days: 7,
    review_weekday: 0,
    budget_per_review: 25_000,
    ask_above: 1_500,
    largest_cover_days: 90,
    orders_per_review: 2_000,
    largest_mean_loss: 60,
    baseline: "reorder_point",
    holdout_share: 0.1,
  },
  clock: { mode: "accelerated", seconds_per_day: 2 },
  server: { version: "0.1.0" },
};

export function productDetail(id: number): ProductDetail | null {
  const product = products.find((one) => one.id === id);
  if (!product) return null;
  const own = decisions.filter(({ subject }) => subject.id.startsWith(`${product.sku}@`));
  const evidence = (own[0] ?? decisions[0])?.evidence;
  return {
    product: { ...product, active: true },
    locations: stockRows.filter((row) => row.product_id === id),
    history: (evidence?.history ?? []).map(({ date, value, in_stock: inStock }, index) => ({
      date,
      sold: value,
      stock_end: inStock === false ? 0 : Math.round(product.daily * (24 - (index % 14) * 1.5)),
      in_stock: inStock ?? true,
      price: product.price,
    })),
    forecast: { version: "ensemble-2026-03-14", level: 0.8, subject: own[0]?.subject.id ?? `${product.sku}@MAIN`, items: evidence?.forecast ?? [] },
    orders: ordersOf(product),
    decisions: own,
    movements: movementsOf(product),
  };
}

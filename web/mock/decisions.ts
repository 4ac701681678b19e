// Made-up decisions of a replenishment agent: proposed, allowed, carried out and measured.
import type { BandPoint, Decision, HistoryPoint, Level, Status } from "../src/api/types";
import { locations, products, seeded } from "./products";

export const today = Date.UTC(2026, 2, 14, 9);
const day = 86_400_000;
const iso = (at: number) => new Date(at).toISOString().replace(".000", "");
const dateOf = (at: number) => iso(at).slice(0, 10);

function statusOf(draw: number, age: number): Status {
  if (age < 2 && draw < 0.45) return "waiting";
  if (draw < 0.06) return "blocked";
  if (draw < 0.1) return "rejected";
  if (draw < 0.13) return "undone";
  return age > 14 ? (age > 60 && draw < 0.5 ? "shadowed" : "measured") : "executed";
}

const season = (moment: number) => 1 + 0.35 * Math.sin(((moment / day) * 2 * Math.PI) / 7);

function evidenceOf(seed: number, daily: number, at: number): { history: HistoryPoint[]; forecast: BandPoint[] } {
  const random = seeded(seed);
  const history = Array.from({ length: 84 }, (_, index) => {
    const moment = at - (84 - index) * day;
    const out = seed % 3 === 0 && index > 50 && index < 56;
    const value = out ? 0 : Math.max(0, Math.round(daily * season(moment) * (0.4 + random() * 1.2)));
    return { date: dateOf(moment), value, in_stock: !out };
  });
  const forecast = Array.from({ length: 28 }, (_, index) => {
    const mean = daily * season(at + index * day);
    const spread = mean * (0.45 + index * 0.012);
    return { date: dateOf(at + index * day), mean, low: Math.max(0, mean - spread), high: mean + spread };
  });
  return { history, forecast };
}

function makeDecision(index: number): Decision {
  const random = seeded(1000 + index);
  const product = products[Math.floor(random() * products.length)] as (typeof products)[number];
  const location = locations[index % 2] as (typeof locations)[number];
  const at = today - index * day * 0.42;
  const age = (today - at) / day;
  const status = statusOf(random(), age);
  const quantity = Math.max(12, Math.round((product.daily * 12) / 12) * 12);
  const margin = (product.price - product.unit_cost) * product.daily;
  const mean = Math.round(margin * (0.6 + random() * 2.4) * 100) / 100;
  const [low, high] = [Math.round(mean * 0.35 * 100) / 100, Math.round(mean * 1.7 * 100) / 100];
  const realised = Math.round(mean * (random() * 2.2 - 0.35) * 100) / 100;
  const risk = Math.round(40 + random() * 55);
  const level: Level = age > 60 ? "shadow" : age > 30 ? "advise" : "bounded";
  const id = `d_${String(10_000 - index).padStart(8, "0")}`;
  const by = status === "waiting" || status === "blocked" || status === "shadowed" ? "" : age > 30 ? "person:owner@example.com" : "level:bounded";
  const { history, forecast } = evidenceOf(index + 7, product.daily, at);
  const due = dateOf(at + 8 * day);
  const decided = by ? iso(at + 0.1 * day) : null;
  const executed = ["executed", "measured", "undone"].includes(status) ? iso(at + 0.12 * day) : null;
  return {
    id,
    pack: "retail",
    cycle: `replenishment:${iso(at)}`,
    agent: "replenishment",
    created_at: iso(at),
    subject: { kind: "product", id: `${product.sku}@${location.code}`, label: product.name },
    summary: {
      en: `Order ${quantity} × ${product.name.en} from ${product.supplier.name} by ${due}: ${risk} % chance of running out otherwise`,
      ko: `${product.name.ko} ${quantity}개를 ${product.supplier.name}에 주문 (${due} 도착): 주문하지 않으면 품절될 확률 ${risk}%`,
    },
    status,
    level,
    allowed_by: by,
    predicted: { mean, low, high, level: 0.8, unit: "GBP", horizon_days: 28 },
    measured:
      status === "measured"
        ? { gain: realised, covered: realised >= low && realised <= high, method: "common_random_numbers", at: iso(at + 28 * day) }
        : null,
    action: {
      kind: "order",
      params: { quantity, supplier_id: product.supplier.id, unit_cost: product.unit_cost },
      summary: { en: `Order ${quantity} pieces`, ko: `${quantity}개 주문` },
    },
    baseline: {
      kind: "order",
      params: { quantity: 0 },
      summary: { en: "Order nothing: the fixed reorder point is not reached", ko: "주문하지 않음: 고정 재주문점에 아직 닿지 않음" },
    },
    reason: {
      en: `Demand until the next delivery is expected at ${Math.round(product.daily * 9)} pieces, and 9 of 10 futures stay below ${Math.round(product.daily * 13)}. With ${Math.round(product.daily * 4)} pieces on hand the shelf would be empty in about 4 days; the delivery takes 6 to 9.`,
      ko: `다음 입고까지 약 ${Math.round(product.daily * 9)}개가 팔릴 것으로 예상되고, 10번 중 9번은 ${Math.round(product.daily * 13)}개를 넘지 않습니다. 지금 재고 ${Math.round(product.daily * 4)}개로는 4일쯤 뒤 품절되는데, 입고에는 6~9일이 걸립니다.`,
    },
    evidence: {
      history,
      forecast,
      stock_on_hand: Math.round(product.daily * 4),
      on_order: 0,
      target: Math.round(product.daily * 16),
      review_days: 7,
      lead_time_days: { mean: 7.2, low: 6, high: 9 },
      unit_cost: product.unit_cost,
      price: product.price,
    },
    forecast_version: "ensemble-2026-03-14",
    guards: [
      { guard: "budget", verdict: "pass", words: { en: "Within the budget of this cycle", ko: "이번 주기의 예산 안입니다" }, value: Math.round(quantity * product.unit_cost), limit: 2500 },
      { guard: "quantity_band", verdict: status === "waiting" ? "ask" : status === "blocked" ? "block" : "pass", words: { en: "Quantity against four weeks of sales", ko: "4주 판매량과 견준 주문 수량" }, value: quantity, limit: 180 },
      { guard: "rate_limit", verdict: "pass", words: { en: "Orders placed today", ko: "오늘 낸 주문 수" }, value: 4, limit: 40 },
    ],
    decided_at: decided,
    executed_at: executed,
    outcome: executed ? { order_number: `PO-${2000 + index}` } : {},
    timeline: [
      { at: iso(at), event: "proposed", actor: "replenishment", words: { en: "Proposed by the replenishment agent", ko: "재주문 에이전트가 제안했습니다" } },
      ...(decided ? [{ at: decided, event: "approved", actor: by, words: { en: "Allowed", ko: "허용되었습니다" } }] : []),
      ...(executed ? [{ at: executed, event: "executed", actor: "replenishment", words: { en: `Order PO-${2000 + index} sent`, ko: `발주서 PO-${2000 + index}를 보냈습니다` } }] : []),
    ],
    can: { approve: status === "waiting", reject: status === "waiting", undo: status === "executed" },
  };
}

export const decisions: Decision[] = Array.from({ length: 230 }, (_, index) => makeDecision(index));

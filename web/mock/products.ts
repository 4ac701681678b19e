// A made-up shop for development and tests: products, suppliers and stock, the same on every run.
import type { Health, Location, StockRow, Supplier, Words } from "../src/api/types";

/** Small seeded generator (mulberry32), so that pictures and tests stay the same. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const suppliers: Supplier[] = [
  { id: 1, name: "Nordic Ltd" },
  { id: 2, name: "Hanbit Trading" },
  { id: 3, name: "Lumen Works" },
  { id: 4, name: "Paper & Twine" },
];
export const locations: Location[] = [
  { id: 1, code: "MAIN", name: "Main store" },
  { id: 2, code: "EAST", name: "East depot" },
];

const catalogue: [string, string, string][] = [
  ["Heart T-light holder", "하트 티라이트 홀더", "Candles"],
  ["Ceramic mug, sage", "세이지 도자기 머그", "Kitchen"],
  ["Linen tea towel", "리넨 티타월", "Kitchen"],
  ["Wooden photo frame", "원목 사진 액자", "Decor"],
  ["Paper star lantern", "종이 별 랜턴", "Lighting"],
  ["Enamel lunch box", "에나멜 도시락", "Kitchen"],
  ["Felt storage basket", "펠트 수납 바구니", "Storage"],
  ["Soy candle, fig", "무화과 소이 캔들", "Candles"],
  ["Brass bottle opener", "황동 병따개", "Kitchen"],
  ["Cotton shopper", "면 장바구니", "Bags"],
  ["Glass storage jar", "유리 보관 용기", "Storage"],
  ["Recycled notebook A5", "재생지 노트 A5", "Stationery"],
  ["Washi tape set", "마스킹 테이프 세트", "Stationery"],
  ["Retro alarm clock", "레트로 알람 시계", "Decor"],
  ["Knitted cushion", "니트 쿠션", "Decor"],
  ["String lights, 20 LED", "줄조명 LED 20구", "Lighting"],
];

export interface MockProduct {
  id: number;
  sku: string;
  name: Words;
  category: string;
  price: number;
  unit_cost: number;
  daily: number;
  supplier: Supplier;
}

const random = seeded(11);

export const products: MockProduct[] = Array.from({ length: 60 }, (_, index) => {
  const [en, ko, category] = catalogue[index % catalogue.length] as [string, string, string];
  const size = ["", " S", " L", " XL"][Math.floor(index / catalogue.length)] ?? "";
  const price = Math.round((2 + random() * 22) * 100) / 100;
  return {
    id: index + 1,
    sku: `${category.slice(0, 2).toUpperCase()}-${1001 + index}`,
    name: { en: en + size, ko: ko + size },
    category,
    price,
    unit_cost: Math.round(price * (0.4 + random() * 0.15) * 100) / 100,
    daily: 0.6 + random() ** 2 * 14,
    supplier: suppliers[index % 4] as Supplier,
  };
});

export const stockRows: StockRow[] = products.flatMap((product) =>
  locations.map((location) => {
    const weekly = product.daily * (location.id === 1 ? 4.4 : 2.6);
    const fill = random();
    const onHand = fill < 0.06 ? 0 : Math.round(weekly * fill * 3.2);
    const onOrder = random() < 0.3 ? Math.round(weekly * 1.5) : 0;
    const days = weekly > 0 ? onHand / (weekly / 7) : null;
    const health: Health = onHand === 0 ? "out" : (days ?? 0) < 5 ? "low" : (days ?? 0) > 20 ? "overstock" : "healthy";
    return {
      product_id: product.id,
      sku: product.sku,
      name: product.name,
      category: product.category,
      location,
      on_hand: onHand,
      on_order: onOrder,
      available: onHand,
      days_of_cover: days === null ? null : Math.round(days * 10) / 10,
      health,
      target: Math.round(weekly * 2.2),
      value: Math.round(onHand * product.unit_cost * 100) / 100,
      sold_28d: Math.round(weekly * 4),
      supplier: product.supplier,
    };
  }),
);

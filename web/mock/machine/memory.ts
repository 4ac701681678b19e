// Made-up memory of the process: two hours of it, what holds most, and what was given back.
import type { Memory } from "../../src/api/machine";
import { seeded } from "../products";
import { iso } from "./runs";

const megabyte = 1024 ** 2;
const limit = 4096 * megabyte;
const now = Date.now();
const random = seeded(99);
let held = 0.52;
const history = Array.from({ length: 120 }, (_, index) => {
  held = Math.min(0.93, Math.max(0.4, held + (random() - 0.44) * 0.05 - (index === 71 ? 0.22 : 0)));
  return { at: iso(now - (120 - index) * 60_000), rss_bytes: Math.round(held * limit), percent: Math.round(held * 1000) / 10 };
});
const last = history.at(-1)!;

export const memory: Memory = {
  ...last,
  limit_bytes: limit,
  pressure: last.percent >= 95 ? "critical" : last.percent >= 90 ? "high" : last.percent >= 80 ? "medium" : "low",
  strategy: "balanced",
  refusing: false,
  monitoring: true,
  tracing: true,
  history,
  top: [
    ["packs/retail/forecast.py:88", 412, 18_422],
    ["learning/ensemble.py:141", 268, 3_110],
    ["packs/retail/store.py:57", 131, 96_214],
    ["engine/step_journal.py:102", 44, 12_900],
    ["server/live.py:88", 12, 2_048],
    ["database.py:61", 9, 812],
  ].map(([where, size, count]) => ({ where: String(where), bytes: Number(size) * megabyte, count: Number(count) })),
  looked_at: iso(now - 40_000),
  gc: { counts: [412, 6, 3], collections: [8214, 741, 38] },
  pools: [
    { name: "arrays", items: 64, bytes: 256 * megabyte, lent_bytes: 48 * megabyte, limit_bytes: 512 * megabyte, hits: 48_211, misses: 212 },
    { name: "buffers", items: 128, bytes: 32 * megabyte, lent_bytes: 4 * megabyte, limit_bytes: 64 * megabyte, hits: 120_882, misses: 1_904 },
  ],
  caches: [
    { name: "forecasts", items: 2_400, bytes: 380 * megabyte, limit_bytes: 512 * megabyte, hits: 92_114, misses: 4_802, evictions: 311, shared_hits: 0 },
    { name: "features", items: 811, bytes: 96 * megabyte, limit_bytes: 128 * megabyte, hits: 21_040, misses: 6_120, evictions: 2_204, shared_hits: 1_310 },
  ],
  actions: [
    { at: iso(now - 49 * 60_000), words: { en: "Emptied the oldest half of the feature cache", ko: "특성 캐시의 오래된 절반을 비웠습니다" }, freed_bytes: 910 * megabyte },
    { at: iso(now - 3 * 60_000), words: { en: "Gave unused arrays back", ko: "쓰지 않는 배열을 반납했습니다" }, freed_bytes: 84 * megabyte },
  ],
};

export function relieve(): Memory {
  memory.rss_bytes = Math.round(memory.rss_bytes * 0.8);
  memory.percent = Math.round((memory.rss_bytes / limit) * 1000) / 10;
  memory.pressure = memory.percent >= 80 ? "medium" : "low";
  memory.actions.push({ at: iso(Date.now()), words: { en: "Relieved by a person", ko: "사람이 정리했습니다" }, freed_bytes: Math.round(memory.rss_bytes * 0.2) });
  return memory;
}

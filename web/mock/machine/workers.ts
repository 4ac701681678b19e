// Made-up workers and executors, and how busy each worker was in the last hour.
import type { Executor, SelfTest, Worker, WorkerPool } from "../../src/api/machine";
import { seeded } from "../products";
import { iso } from "./runs";

const now = Date.now();
const gigabyte = 1024 ** 3;
const minutes = 60;

function makeWorker(index: number): Worker {
  const random = seeded(700 + index);
  const kind = index < 2 ? "thread" : index < 8 ? "process" : "dask";
  const state = index === 13 ? "lost" : random() < 0.7 ? "busy" : "idle";
  const slots = kind === "thread" ? 8 : 2;
  const limit = kind === "thread" ? null : 4 * gigabyte;
  return {
    name: `${kind}-${index < 2 ? index + 1 : index < 8 ? index - 1 : index - 7}`,
    address: kind === "dask" ? `tcp://10.0.4.${20 + index}:40${10 + index}` : "here",
    kind,
    state,
    slots,
    running: state === "busy" ? 1 + Math.floor(random() * slots) : 0,
    done: Math.round(300 + random() * 4200),
    failed: Math.round(random() ** 3 * 40),
    cpu_percent: state === "lost" ? null : Math.round(state === "busy" ? 45 + random() * 54 : random() * 9),
    memory_bytes: state === "lost" ? null : Math.round((0.4 + random() * 2.9) * gigabyte),
    memory_limit_bytes: limit,
    speed: state === "lost" ? null : Math.round((0.55 + random() * 0.9) * 100) / 100,
    resources: index === 9 ? { gpu: 1 } : {},
    joined_at: iso(now - (2 + random() * 60) * 3_600_000),
    seen_at: iso(now - (state === "lost" ? 96_000 : random() * 1800)),
  };
}

const workers = Array.from({ length: 16 }, (_, index) => makeWorker(index));

function heatOf(items: readonly Worker[]): WorkerPool["heat"] {
  return {
    minutes: Array.from({ length: minutes }, (_, index) => iso(now - (minutes - index) * 60_000)),
    rows: items.map(({ name, state }, row) => {
      const random = seeded(row + 31);
      let level = random();
      return {
        worker: name,
        busy: Array.from({ length: minutes }, (_, index) => {
          level = Math.min(1, Math.max(0, level + (random() - 0.47) * 0.4));
          if (row === 3 && index < 40) return null;
          return state === "lost" && index > 57 ? 0 : Math.round(level * 100) / 100;
        }),
      };
    }),
  };
}

export const pool: WorkerPool = {
  items: workers,
  address: "",
  emptied: false,
  trouble: null,
  patience_s: 60,
  balancing: "learned",
  heat: heatOf(workers),
  shortage: { at: iso(now + 95 * 60_000), needed: 24, available: 16, words: { en: "In 2 hours more work will still wait than 16 tasks at once get through; 24 at once would.", ko: "2시간 뒤에도 동시에 처리하는 작업 16개로 감당할 수 없는 일이 남습니다. 24개가 필요합니다." } },
};

export function addWorker(slots: number): Worker {
  const added = { ...makeWorker(3), name: `process-${pool.items.length + 1}`, slots, state: "idle" as const, running: 0, done: 0, failed: 0, joined_at: iso(Date.now()), seen_at: iso(Date.now()) };
  pool.items.push(added);
  return added;
}

const names = ["reorder", "train_forecasts", "import_sales", "take_delivery", "plan_stores"];
export const executors: Executor[] = [
  { id: "shop-1", host: "shop-1.internal", pid: 4121, state: "live", started_at: iso(now - 50 * 3_600_000), heartbeat_at: iso(now - 700), runs: 5, workflows: names, taken_over_by: null, lost_with_it: "none" },
  { id: "shop-2", host: "shop-2.internal", pid: 4127, state: "live", started_at: iso(now - 20 * 3_600_000), heartbeat_at: iso(now - 1100), runs: 4, workflows: names, taken_over_by: null, lost_with_it: "page" },
  { id: "shop-3", host: "shop-3.internal", pid: 3990, state: "lost", started_at: iso(now - 90 * 3_600_000), heartbeat_at: iso(now - 3 * 3_600_000), runs: 0, workflows: names.slice(0, 3), taken_over_by: "shop-2", lost_with_it: "none" },
];

export const selfTest: SelfTest = {
  ok: false,
  checks: [
    { name: "journal", ok: true, seconds: 0.012, words: { en: "The journal takes a record and gives it back", ko: "일지에 기록하고 다시 읽었습니다" } },
    { name: "workflow", ok: true, seconds: 0.184, words: { en: "A workflow of six steps ran to its end", ko: "여섯 단계 워크플로가 끝까지 실행됐습니다" } },
    { name: "workers", ok: true, seconds: 0.41, words: { en: "Every worker answered", ko: "모든 작업자가 응답했습니다" } },
    { name: "retry", ok: true, seconds: 0.22, words: { en: "A step that failed twice succeeded the third time", ko: "두 번 실패한 단계가 세 번째에 성공했습니다" } },
    { name: "memory", ok: false, seconds: 0.003, words: { en: "Memory is at 84 % of its limit; below 80 % is wanted", ko: "메모리가 한도의 84%입니다. 80% 아래여야 합니다" } },
    { name: "clock", ok: true, seconds: 0.001, words: { en: "The clock goes forward", ko: "시계가 앞으로 갑니다" } },
  ],
};

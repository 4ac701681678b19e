// A made-up backlog: thousands of tasks with their priorities explained, and the forecast over them.
import type { Factor, Task, TaskForecast, TaskStatus } from "../../src/api/machine";
import type { Words } from "../../src/api/types";
import { seeded } from "../products";
import { iso, present } from "./runs";

const minute = 60_000;
const kinds: [string, string, number][] = [
  ["reorder", "reorder", 52],
  ["retrain", "train_forecasts", 240],
  ["import", "import_sales", 75],
  ["delivery", "take_delivery", 18],
  ["store plan", "plan_stores", 610],
];

function factorsOf(random: () => number, deadline: string | null): Factor[] {
  const told: [string, number, Words][] = [
    ["urgency", deadline ? random() : 0.05, deadline ? { en: "Slack of 12 minutes before its deadline", ko: "마감까지 여유 12분" } : { en: "No deadline", ko: "마감 없음" }],
    ["value", random(), { en: "Its value is above that of 7 in 10 tasks", ko: "작업 10개 중 7개보다 가치가 큽니다" }],
    ["dependencies", random() * 0.7, { en: "Three tasks wait for it", ko: "다른 작업 3개가 기다립니다" }],
    ["complexity", -random() * 0.5, { en: "Takes longer than most", ko: "대부분의 작업보다 오래 걸립니다" }],
    ["resources", random() * 0.4, { en: "What it needs is free", ko: "필요한 자원이 비어 있습니다" }],
    ["history", random() * 0.3 - 0.1, { en: "This kind nearly always ends in time", ko: "이런 작업은 거의 제때 끝납니다" }],
    ["age", random() * 0.4, { en: "Has waited for 9 minutes", ko: "9분째 기다렸습니다" }],
  ];
  return told.map(([name, value, words], at) => {
    const weight = [0.34, 0.24, 0.14, 0.1, 0.08, 0.06, 0.12][at] ?? 0.1;
    return { name, value, weight, contribution: value * weight, words };
  });
}

function makeTask(index: number): Task {
  const random = seeded(90_000 + index);
  const [kind, workflow, usual] = kinds[Math.floor(random() ** 2 * kinds.length)] ?? kinds[0]!;
  const status: TaskStatus = index < 412 ? "waiting" : index < 428 ? "admitted" : random() < 0.94 ? "done" : random() < 0.5 ? "failed" : "cancelled";
  const age = status === "waiting" ? 40 + random() * 2600 : 300 + index * 55;
  const submitted = present - age * 1000;
  const deadline = random() < 0.7 ? iso(submitted + (20 + random() * 300) * minute) : null;
  const factors = factorsOf(random, deadline);
  const mean = usual * (0.5 + random());
  const over = status === "done" || status === "failed";
  const wait = (index % 412) * 6.5;
  return {
    id: `t-${String(10_000 - index).padStart(6, "0")}`,
    kind,
    workflow,
    status,
    waits_for: index === 427 ? "approval" : null,
    priority: Math.max(0, factors.reduce((sum, factor) => sum + factor.contribution, 0)),
    factors,
    explanation: deadline
      ? { en: "Early because its deadline is near and its value is high", ko: "마감이 가깝고 가치가 커서 앞에 있습니다" }
      : { en: "Later because nothing presses; it rises the longer it waits", ko: "급하지 않아 뒤에 있으며, 기다릴수록 올라갑니다" },
    deadline,
    value: Math.round(random() ** 3 * 90) / 10,
    boost: 0,
    error: status === "failed" ? "PermanentError: the supplier refused the order" : "",
    submitted_at: iso(submitted),
    admitted_at: status === "waiting" || status === "cancelled" ? null : iso(submitted + 40_000),
    ended_at: over ? iso(submitted + (40 + mean) * 1000) : null,
    run_id: status === "admitted" || over ? `run-${String(index % 1200).padStart(5, "0")}` : null,
    estimate_s: { median: mean, low: mean * 0.6, high: mean * 1.7 },
    ends: over || status === "cancelled" || index === 427 ? null : { at: iso(present + (wait + mean) * 1000), low: iso(present + (wait + mean) * 650), high: iso(present + (wait + mean) * 1700) },
    age_s: age,
  };
}

const order = (task: Task) => (task.status === "admitted" ? 2 : task.status === "waiting" ? 1 : 0);
export const tasks: Task[] = Array.from({ length: 3200 }, (_, index) => makeTask(index)).sort((a, b) => order(b) - order(a) || b.priority - a.priority);

export const forecast = (): TaskForecast => {
  const waiting = tasks.filter(({ status }) => status === "waiting");
  return {
    backlog_s: waiting.reduce((sum, task) => sum + (task.estimate_s?.median ?? 0), 0) / 16,
    slots: 16,
    at_work: tasks.filter(({ status, waits_for: pause }) => status === "admitted" && !pause).length,
    pausing: tasks.filter(({ waits_for: pause }) => pause).length,
    shortage: { at: iso(present + 95 * minute), needed: 24, available: 16, words: { en: "In 2 hours more work will still wait than 16 tasks at once get through; 24 at once would.", ko: "2시간 뒤에도 동시에 처리하는 작업 16개로 감당할 수 없는 일이 남습니다. 24개가 필요합니다." } },
    bottleneck: { kind: "wait", seconds: 212, share: 0.41, step: "train_daily", worker: "dask-2", workflow: "train_forecasts", words: { en: "Retraining waits for the one graphics card", ko: "재학습이 하나뿐인 그래픽 카드를 기다립니다" } },
    proposed_order: waiting.slice(2, 10).map(({ id }) => id).reverse(),
    gain_s: 1260,
  };
};

// Made-up runs of the workflows: hundreds that ended, some at work, some waiting for a person, one rolled back.
import type { Adaptation, Run, RunDetail, RunStatus, Step, StepStatus, Wait } from "../../src/api/machine";
import { seeded } from "../products";
import { definitions } from "./workflows";

/** Machines live by the clock on the wall, whatever the shop's shows. */
export const present = Date.now();
const second = 1000;
export const iso = (at: number) => new Date(at).toISOString();

function statusOf(index: number, draw: number): RunStatus {
  if (index < 9) return (["running", "running", "waiting", "running", "waiting", "queued", "running", "stuck", "running"] as const)[index] ?? "running";
  if (draw < 0.035) return "failed";
  return draw < 0.05 ? "cancelled" : "succeeded";
}

const forcedNames = ["plan_stores", "train_forecasts", "reorder", "import_sales", "take_delivery", "reorder", "reorder", "train_forecasts", "reorder"];

interface Made {
  run: Run;
  detail: RunDetail;
}

const seconds: Record<string, number> = { forecast: 41, train_daily: 95, train_weekly: 48, check_rows: 36, place_orders: 4.2, simulate: 14, demand: 9, price: 6 };
const meanOf = (name: string) => seconds[name] ?? seconds[name.split("_")[0] ?? ""] ?? 1.4 + (name.length % 5);

function outputOf(name: string, draw: number): unknown {
  if (name === "place_orders") return { orders: [{ number: "PO-2231", supplier: "Nordic Ltd", pieces: 240 }, { number: "PO-2232", supplier: "Lumen Works", pieces: 96 }], total: 1284.5 };
  return { rows: Math.round(40 + draw * 900), checksum: Math.round(draw * 1e9).toString(16), warnings: [] };
}

function attemptsOf(asked: number, begin: number, took: number, tries: number, last: string | null, ended: boolean): Step["attempts"] {
  const each = took / tries;
  return Array.from({ length: tries }, (_, index) => {
    const from = begin + index * each * second;
    const over = ended || index < tries - 1;
    return {
      at_s: (from - asked) / second,
      started_at: iso(from),
      ended_at: over ? iso(from + each * 0.92 * second) : null,
      seconds: over ? Math.round(each * 92) / 100 : null,
      error: index < tries - 1 ? "TemporaryError: the supplier’s server gave no answer within 10 s" : last,
    };
  });
}

const undoable = (name: string) => ["place_orders", "write_rows", "recount_stock", "publish", "book"].includes(name);

export function makeRun(index: number): Made {
  const random = seeded(40_000 + index);
  const name = forcedNames[index] ?? definitions[Math.floor(random() ** 1.6 * 4)]?.name ?? "reorder";
  const definition = definitions.find((one) => one.name === name) ?? definitions[0]!;
  const status = statusOf(index, random());
  const begin = present - (index < 9 ? (index + 1) * 70 : 900 + index * 1150) * second;
  const failing = status === "failed" ? definition.steps.length - (undoable(definition.steps.at(-1)?.name ?? "") ? 1 : 2) : -1;
  const cut = status === "queued" ? 0 : status === "succeeded" ? definition.steps.length : name === "plan_stores" ? 131 : Math.max(2, Math.floor(definition.steps.length * 0.62));
  const waitAt = status === "waiting" ? definition.steps.findIndex(({ kind }) => kind === "approval" || kind === "event") : -1;
  const ends = new Map<string, number>();
  const steps: Step[] = definition.steps.map((plan, at) => {
    const mean = meanOf(plan.name);
    const took = mean * (0.6 + random() * 0.9);
    const from = Math.max(begin, ...plan.parents.map((parent) => ends.get(parent) ?? begin)) + 300 + (name === "plan_stores" ? (at % 8) * 900 : 0);
    ends.set(plan.name, from + took * second);
    const frontier = waitAt >= 0 ? waitAt : failing >= 0 ? failing : cut;
    let state: StepStatus = at < frontier ? "succeeded" : "pending";
    if (at === frontier && status === "waiting") state = "waiting";
    if (at === frontier && failing >= 0) state = "failed";
    if ((at === frontier || (name === "plan_stores" && at < frontier + 8)) && at >= frontier && (status === "running" || status === "stuck")) state = "running";
    if (state === "succeeded" && plan.conditional && random() < 0.6) state = "skipped";
    if (failing >= 0 && at < failing && undoable(plan.name)) state = index % 2 ? "undone" : "undo_failed";
    const worked = !["pending", "skipped"].includes(state);
    const ended = worked && state !== "running" && state !== "waiting";
    const error = state === "failed" ? "PermanentError: the supplier refused the order: account on hold" : null;
    const tries = worked && (state === "failed" || random() < 0.06) ? 3 : 1;
    return {
      name: plan.name,
      parents: plan.parents,
      kind: plan.kind,
      status: state,
      started_at: worked ? iso(from) : null,
      ended_at: ended ? iso(from + took * second) : null,
      begins_s: worked ? (from - begin) / second : null,
      ends_s: ended ? (from - begin) / second + took : null,
      took_s: ended ? took : null,
      attempts: worked && plan.kind !== "approval" && plan.kind !== "event" ? attemptsOf(begin, from, took, tries, error, ended) : [],
      error,
      reason: state === "skipped" ? "when: no order is large" : null,
      inputs: worked ? { since: "2024-03-14", place: "MAIN", agent: "replenishment" } : null,
      output: ended && state !== "failed" ? outputOf(plan.name, random()) : null,
      cut: false,
      where: plan.where === "worker" ? "worker" : "here",
      worker: worked && plan.where === "worker" ? `process-${1 + (at % 6)}` : null,
      estimate_s: { median: mean, low: mean * 0.62, high: mean * 1.55 },
      progress: plan.kind === "map" && worked ? { done: state === "running" ? 1480 : 2400, total: 2400 } : null,
      wait: state === "waiting" ? { kind: plan.kind === "approval" ? "approval" : "event", topic: plan.name, until: plan.kind === "event" ? iso(present + 2 * 86_400 * second) : iso(present + 20 * 3600 * second) } : null,
      answer: ended && plan.kind === "approval" ? { word: "approved", by: "owner@example.com", note: null } : null,
      undo: state === "undone" ? attemptsOf(begin, from + 90 * second, 0.4, 1, null, true) : [],
      child_run_id: plan.kind === "workflow" && worked ? "run-00006" : null,
      held_up: null,
      failure_probability: state === "pending" || state === "running" ? Math.round((0.01 + random() ** 4 * 0.4) * 1000) / 1000 : null,
    };
  });
  const done = steps.filter((step) => ["succeeded", "skipped", "undone"].includes(step.status)).length;
  const over = ["succeeded", "failed", "cancelled"].includes(status);
  const last = Math.max(begin, ...steps.filter((step) => step.ended_at).map((step) => Date.parse(step.ended_at ?? "")));
  const left = 40 + random() * 300;
  const run: Run = {
    id: `run-${String(index).padStart(5, "0")}`,
    workflow: name,
    version: definition.versions[index % 7 === 6 ? definition.versions.length - 1 : 0] ?? "1",
    status,
    started_at: status === "queued" ? null : iso(begin),
    ended_at: over ? iso(last) : null,
    took_s: over ? (last - begin) / 1000 : null,
    error: status === "failed" ? (steps.find((step) => step.error)?.error ?? null) : null,
    reason: status === "stuck" ? "no executor knows version 1" : null,
    executor: status === "queued" ? null : `shop-${1 + (index % 2)}`,
    progress: { done, total: steps.length },
    estimate: over || status === "waiting" ? null : { ends_at: iso(present + left * second), low: iso(present + left * 0.7 * second), high: iso(present + left * 1.6 * second) },
    parent_id: index === 6 ? "run-00003" : null,
  };
  const path: string[] = [];
  for (let at = steps.at(-1); at; ) {
    path.unshift(at.name);
    const { parents } = at;
    at = steps.find((step) => step.name === [...parents].sort((a, b) => (ends.get(b) ?? 0) - (ends.get(a) ?? 0))[0]);
  }
  const slow = steps.filter((step) => path.includes(step.name)).sort((a, b) => (b.estimate_s?.median ?? 0) - (a.estimate_s?.median ?? 0))[0];
  return {
    run,
    detail: {
      ...run,
      so_far_s: ((over ? last : present) - begin) / second,
      result: status === "succeeded" ? { [steps.at(-1)?.name ?? ""]: steps.at(-1)?.output } : null,
      restarted_from: index === 26 ? "run-00033" : null,
      inputs: { agent: "replenishment", cycle: `replenishment:${iso(begin)}` },
      cut: false,
      steps,
      critical_path: path,
      bottleneck: slow && !over ? { step: slow.name, words: { en: `${slow.name} takes ${Math.round((slow.estimate_s?.median ?? 1))} s of the way to the end`, ko: `끝나기까지 ${slow.name} 단계가 ${Math.round(slow.estimate_s?.median ?? 1)}초로 가장 오래 걸립니다` } } : null,
      adaptations: steps.some(({ kind }) => kind === "map")
        ? [{ at: iso(begin), step: steps.find(({ kind }) => kind === "map")?.name ?? "", what: { en: "Chunks of 48 instead of 16 items", ko: "한 번에 16개 대신 48개씩 처리" }, kept: true }]
        : [],
      can: { cancel: !over, undo: !over && definition.steps.some(({ undo }) => undo), resume: status === "stuck" || status === "cancelled" || (status === "failed" && !steps.some((one) => one.status.startsWith("undo"))), restart: over || status === "stuck" },
    },
  };
}

const count = 1240;
const made = Array.from({ length: count }, (_, index) => makeRun(index));
export const runs: Run[] = made.map(({ run }) => run);
export const runDetails = new Map(made.map(({ detail }) => [detail.id, detail]));

for (const { workflow, status } of runs) {
  const counts = definitions.find(({ name }) => name === workflow)?.counts;
  if (counts) counts[status] = (counts[status] ?? 0) + 1;
}

export const waits: Wait[] = [...runDetails.values()].flatMap((run) =>
  run.steps
    .filter((step) => step.wait)
    .map((step) => ({
      run_id: run.id,
      workflow: run.workflow,
      step: step.name,
      kind: step.wait?.kind ?? "event",
      topic: step.name,
      since: step.started_at ?? run.started_at ?? iso(present),
      until: step.wait?.until ?? null,
      words:
        step.kind === "approval"
          ? { en: "Orders worth £4,210 go beyond the limit of £2,500 a cycle. Place them?", ko: "주문액 £4,210가 한 번의 한도 £2,500를 넘습니다. 발주할까요?" }
          : { en: "Waits for the goods of PO-2217 to arrive", ko: "PO-2217 상품이 도착하기를 기다립니다" },
    })),
);

const changes: [string, string, string, string, Adaptation["state"], number | string, number | string, number | null][] = [
  ["reorder", "forecast", "Work 48 items in one chunk instead of 16.", "한 묶음에 16개 대신 48개씩 처리합니다.", "kept", 16, 48, 0.29],
  ["train_forecasts", "train_daily", "Work 4 chunks at once instead of 2.", "묶음을 2개 대신 4개씩 동시에 처리합니다.", "trial", 2, 4, null],
  ["import_sales", "check_rows", "Run it beside the server.", "서버에서 실행합니다.", "reverted", "worker", "here", -0.31],
  ["reorder", "place_orders", "Wait 30 s before a start that would probably fail.", "실패할 것으로 예상되면 30초 기다렸다가 시작합니다.", "kept", 0, 30, 0.12],
];
export const adaptations: Adaptation[] = changes.map(([workflow, step, en, ko, state, before, after, gain], index) => ({
  id: `a-${index + 1}`,
  workflow,
  step,
  what: { en, ko },
  at: iso(present - (index + 1) * 31 * 3600 * second),
  before,
  after,
  gain,
  runs: gain === null ? 3 : 24 + index * 7,
  by: "",
  state,
}));

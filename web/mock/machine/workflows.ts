// Made-up workflows: small ones as a shop has them, one with hundreds of steps, and one mapped over thousands of items.
import type { Definition, StepKind } from "../../src/api/machine";

type Plan = Definition["steps"][number];

function plan(name: string, parents: string[], more: Partial<Plan> = {}): Plan {
  return { name, parents, kind: "step" as StepKind, where: "here", resources: {}, retries: 3, timeout_s: 300, undo: false, conditional: false, ...more };
}

const reorder = [
  plan("load_sales", []),
  plan("load_stock", []),
  plan("forecast", ["load_sales"], { where: "worker", kind: "map" }),
  plan("lead_times", ["load_stock"]),
  plan("propose", ["forecast", "lead_times"]),
  plan("check_limits", ["propose"]),
  plan("approve_large", ["check_limits"], { kind: "approval", conditional: true, timeout_s: null }),
  plan("place_orders", ["approve_large"], { undo: true, retries: 5 }),
  plan("notify", ["place_orders"], { retries: 2 }),
];

const training = [
  plan("collect", []),
  plan("clean", ["collect"], { where: "worker" }),
  ...["daily", "weekly", "rare", "seasonal"].map((part) => plan(`train_${part}`, ["clean"], { where: "worker", resources: part === "daily" ? { gpu: 1 } : {} })),
  plan("compare", ["train_daily", "train_weekly", "train_rare", "train_seasonal"]),
  plan("cool_down", ["compare"], { kind: "timer" }),
  plan("publish", ["cool_down"], { undo: true }),
];

const imports = [
  plan("read_file", []),
  plan("check_rows", ["read_file"], { kind: "map", where: "worker" }),
  plan("write_rows", ["check_rows"], { undo: true }),
  plan("recount_stock", ["write_rows"], { undo: true }),
  plan("reorder", ["recount_stock"], { kind: "workflow" }),
];

const delivery = [
  plan("announce", []),
  plan("wait_for_goods", ["announce"], { kind: "event", timeout_s: null }),
  plan("count", ["wait_for_goods"]),
  plan("book", ["count"], { undo: true }),
];

/** 240 steps: every store forecast, priced and simulated on its own, then brought together. */
const wide = [
  plan("prepare", []),
  ...Array.from({ length: 59 }, (_, index) => {
    const store = String(index + 1).padStart(2, "0");
    return [
      plan(`demand_${store}`, ["prepare"], { where: "worker" }),
      plan(`price_${store}`, [`demand_${store}`], { where: "worker" }),
      plan(`simulate_${store}`, [`demand_${store}`, `price_${store}`], { where: "worker" }),
      plan(`report_${store}`, [`simulate_${store}`]),
    ];
  }).flat(),
  plan("compare_stores", Array.from({ length: 59 }, (_, index) => `report_${String(index + 1).padStart(2, "0")}`)),
  plan("approve_plan", ["compare_stores"], { kind: "approval", timeout_s: null }),
  plan("publish_plan", ["approve_plan"], { undo: true }),
];

const made = (name: string, versions: string[], steps: Plan[], inputs: string[] = []): Definition => ({ name, versions, inputs: inputs.map((input) => ({ name: input, required: true })), steps, counts: {} });

export const definitions: Definition[] = [
  made("reorder", ["3", "2", "1"], reorder),
  made("train_forecasts", ["2", "1"], training),
  made("import_sales", ["1"], imports, ["file", "columns"]),
  made("take_delivery", ["1"], delivery),
  made("plan_stores", ["1"], wide),
];

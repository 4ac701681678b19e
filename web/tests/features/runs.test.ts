// Runs: how long they took, how their timeline and their graph are laid out, and that large ones stay quick.
import { describe, expect, it } from "vitest";
import type { RunDetail, Step } from "@/api/machine";
import { restartSteps } from "@/features/workflows/RunActions";
import { expectedSeconds } from "@/features/workflows/RunFacts";
import { focusOf } from "@/features/workflows/focus";
import { ganttOf, isTakenOver, ticksOf } from "@/features/workflows/runTime";
import { layoutOf, nodeSize, structureOf } from "@/features/workflows/stepLayout";
import { makeRun } from "../../mock/machine/runs";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

function step(name: string, parents: string[] = [], more: Partial<Step> = {}): Step {
  return {
    name, parents, kind: "step", status: "pending", started_at: null, ended_at: null, begins_s: null, ends_s: null, took_s: null, attempts: [], error: null,
    reason: null, inputs: null, output: null, cut: false, where: "here", worker: null, estimate_s: null, progress: null, wait: null, answer: null, undo: [],
    child_run_id: null, failure_probability: null, held_up: null, ...more,
  };
}
const worked = (from: number, seconds: number | null, error: string | null = null) => ({
  at_s: from, started_at: at(from), ended_at: seconds === null ? null : at(from + seconds), seconds, error,
});
const begun = (from: number) => ({ started_at: at(from), begins_s: from });
const done = (name: string, parents: string[], from: number, to: number, more: Partial<Step> = {}) =>
  step(name, parents, { status: "succeeded", ...begun(from), ended_at: at(to), ends_s: to, took_s: to - from, attempts: [worked(from, to - from)], ...more });

/** A chain of layers, each step after two of the layer before. */
function wide(layers: number, across: number): Step[] {
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: across }, (_unused, row) =>
      done(`s${layer}_${row}`, layer ? [`s${layer - 1}_${row}`, `s${layer - 1}_${(row + 1) % across}`] : [], layer * 10 + row / across, layer * 10 + 8, { estimate_s: { median: 7, low: 5, high: 11 } }),
    ),
  ).flat();
}

describe("times", () => {
  it("of the critical path are what was expected, or unknown where one step is", () => {
    const estimate = { median: 4, low: 3, high: 6 };
    const run = { steps: [step("a", [], { estimate_s: estimate }), step("b", ["a"], { estimate_s: estimate }), step("c", ["b"])], critical_path: ["a", "b"] } as unknown as RunDetail;
    expect(expectedSeconds(run)).toBe(8);
    expect(expectedSeconds({ ...run, critical_path: ["a", "b", "c"] })).toBeNull();
  });
  it("mark the axis at round seconds", () => {
    expect(ticksOf(60, 4)).toEqual([0, 15, 30, 45, 60]);
    expect(ticksOf(7200, 4)).toEqual([0, 1800, 3600, 5400, 7200]);
    expect(ticksOf(1, 5)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
    expect(ticksOf(0.042, 4).map((second) => Math.round(second * 1000))).toEqual([0, 20, 40]);
    expect(ticksOf(0, 4)).toEqual([0]);
    expect(ticksOf(30 * 86_400, 6)).toHaveLength(7);
  });
});

describe("the timeline", () => {
  const estimate = { median: 5, low: 3, high: 9 };

  it("shows what was, and lays what lies ahead after its parents by the estimate", () => {
    const steps = [done("a", [], 0, 10), step("b", ["a"], { estimate_s: estimate }), step("c", ["b"], { estimate_s: estimate })];
    const { bars, to } = ganttOf(steps, 12);
    expect(to).toBe(22);
    expect(bars.map(({ name, ahead }) => [name, ahead])).toEqual([["a", false], ["b", true], ["c", true]]);
    expect(bars.map((bar) => [bar.from, bar.to])).toEqual([[0, 10], [12, 17], [17, 22]]);
  });
  it("lets a running bar reach until now, and what follows wait for its estimate", () => {
    const steps = [
      step("a", [], { status: "running", ...begun(0), estimate_s: { median: 30, low: 20, high: 40 }, attempts: [worked(0, null)] }),
      step("b", ["a"], { estimate_s: { median: 10, low: 5, high: 20 } }),
    ];
    const { bars } = ganttOf(steps, 8);
    expect(bars[0]).toMatchObject({ to: 8, attempts: [{ from: 0, to: 8, failed: false }] });
    expect(bars[1]?.from).toBe(30);
  });
  it("lets a wait reach until now, though nobody attempts anything", () => {
    const [, bar] = ganttOf([done("a", [], 0, 2), step("ask", ["a"], { kind: "approval", status: "waiting", begins_s: 2 })], 50).bars;
    expect(bar).toMatchObject({ from: 2, to: 50, ahead: false });
  });
  it("draws nothing of what was taken over from another run", () => {
    const taken = step("a", [], { status: "succeeded", started_at: at(-3600), ended_at: at(-3590) });
    expect(isTakenOver(taken)).toBe(true);
    expect(ganttOf([taken, done("b", ["a"], 1, 3)], 3, true).bars[0]).toMatchObject({ from: 0, to: 0, ahead: true });
  });
  it("does not let a far-off estimate press the rest together", () => {
    expect(ganttOf([done("a", [], 0, 10, { estimate_s: { median: 9000, low: 1, high: 20_000 } })], 10).to).toBe(15);
  });
  it("shows failed attempts apart", () => {
    const [bar] = ganttOf([done("a", [], 0, 9, { attempts: [worked(0, 4, "down"), worked(5, 4)] })], 9).bars;
    expect(bar?.attempts).toEqual([{ from: 0, to: 4, failed: true }, { from: 5, to: 9, failed: false }]);
  });
  it("expects nothing more of a run that is over", () => {
    const [, bar] = ganttOf([done("a", [], 0, 4), step("b", ["a"], { estimate_s: { median: 60, low: 40, high: 90 } })], 4, true).bars;
    expect(bar?.to).toBe(bar?.from);
  });
});

describe("the graph", () => {
  it("puts every step after those it depends on", () => {
    const { places, edges } = layoutOf([step("a"), step("b", ["a"]), step("c", ["a"]), step("d", ["b", "c", "gone"])]);
    expect(edges.map(({ id }) => id)).toEqual(["a>b", "a>c", "b>d", "c>d"]);
    for (const { source, target } of edges) expect(places.get(target)?.x ?? 0).toBeGreaterThanOrEqual((places.get(source)?.x ?? 0) + nodeSize.width);
    expect(places.get("b")?.y).not.toBe(places.get("c")?.y);
  });
  it("is laid out anew only when its structure changes", () => {
    const before = [step("a"), step("b", ["a"])];
    expect(structureOf([step("a", [], { status: "running" }), before[1] as Step])).toBe(structureOf(before));
    expect(structureOf([...before, step("c", ["a"])])).not.toBe(structureOf(before));
  });
  it("opens at what went wrong, then at what waits or runs", () => {
    const steps = [done("a", [], 0, 1), step("b", ["a"], { status: "running" }), step("c", ["a"], { status: "failed" })];
    expect(focusOf(steps)?.name).toBe("c");
    expect(focusOf(steps.slice(0, 2))?.name).toBe("b");
    expect(focusOf(steps.slice(0, 1))?.name).toBe("a");
  });
});

it("offers a restart at steps that began or depend on none, the failed one first", () => {
  const run = { steps: [done("a", [], 0, 1), step("b", ["a"], { status: "failed", started_at: at(1) }), step("c", ["b"])] } as unknown as RunDetail;
  expect(restartSteps(run)).toEqual(["b", "a"]);
  expect(restartSteps({ steps: [step("a"), step("b", ["a"])] } as unknown as RunDetail)).toEqual(["a"]);
});

describe("large runs", () => {
  /** The best of three, as a busy machine says little in one. */
  const fastest = (act: () => void) => Math.min(...Array.from({ length: 3 }, () => { const begin = performance.now(); act(); return performance.now() - begin; }));

  it("lay out 240 steps of a real shape within a second", () => {
    const { steps } = makeRun(0).detail;
    expect(steps).toHaveLength(240);
    expect(fastest(() => layoutOf(steps))).toBeLessThan(1000);
  });
  it("lay out 2,000 steps within a second", () => {
    const steps = wide(20, 100);
    expect(fastest(() => layoutOf(steps))).toBeLessThan(1000);
  });
  it("lay 5,000 bars on the timeline within half a second", () => {
    const steps = wide(50, 100);
    expect(fastest(() => ganttOf(steps, 600))).toBeLessThan(500);
  });
});

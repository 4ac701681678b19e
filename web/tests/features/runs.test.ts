// Runs: how long they took, how their timeline and their graph are laid out, and that large ones stay quick.
import { describe, expect, it } from "vitest";
import type { RunDetail, Step } from "@/api/machine";
import { restartSteps } from "@/features/workflows/RunActions";
import { expectedSeconds } from "@/features/workflows/RunFacts";
import { focusOf } from "@/features/workflows/focus";
import { ganttOf, lifeSeconds, paceOf, ticksOf, workedSeconds } from "@/features/workflows/runTime";
import { layoutOf, nodeSize, structureOf } from "@/features/workflows/stepLayout";
import { lastTold } from "@/features/workflows/useRunNow";
import { makeRun } from "../../mock/machine/runs";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const ms = (second: number) => Date.parse(at(second));

function step(name: string, parents: string[] = [], more: Partial<Step> = {}): Step {
  return {
    name, parents, kind: "step", status: "pending", started_at: null, ended_at: null, attempts: [], error: null, reason: null, inputs: null,
    output: null, cut: false, where: "here", worker: null, estimate_s: null, progress: null, wait: null, child_run_id: null, failure_probability: null, ...more,
  };
}
const worked = (from: number, to: number | null, seconds: number | null, error: string | null = null) => ({
  started_at: at(from), ended_at: to === null ? null : at(to), seconds, error,
});
const done = (name: string, parents: string[], from: number, to: number, more: Partial<Step> = {}) =>
  step(name, parents, { status: "succeeded", started_at: at(from), ended_at: at(to), attempts: [worked(from, to, to - from)], ...more });

/** A chain of layers, each step after two of the layer before. */
function wide(layers: number, across: number): Step[] {
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: across }, (_unused, row) =>
      done(`s${layer}_${row}`, layer ? [`s${layer - 1}_${row}`, `s${layer - 1}_${(row + 1) % across}`] : [], layer * 10 + row / across, layer * 10 + 8, { estimate_s: { mean: 7, low: 5, high: 11 } }),
    ),
  ).flat();
}

describe("times", () => {
  it("count in seconds of life, however fast the shop's clock goes", () => {
    const fast = step("a", [], { status: "succeeded", started_at: at(0), ended_at: at(86_400), attempts: [worked(0, 86_400, 2)] });
    expect(paceOf([fast])).toBe(43_200);
    expect(paceOf([])).toBe(1);
    expect(lifeSeconds({ started_at: at(0), ended_at: at(86_400) }, 0, 43_200)).toBe(2);
    expect(lifeSeconds({ started_at: null, ended_at: null }, 0, 1)).toBeNull();
  });
  it("add up over attempts, and are unknown before the first ends", () => {
    expect(workedSeconds({ attempts: [worked(0, 2, 2, "down"), worked(3, 4, 1)] })).toBe(3);
    expect(workedSeconds({ attempts: [worked(0, null, null)] })).toBeNull();
  });
  it("of the critical path are what was expected, or unknown where one step is", () => {
    const estimate = { mean: 4, low: 3, high: 6 };
    const run = { steps: [step("a", [], { estimate_s: estimate }), step("b", ["a"], { estimate_s: estimate }), step("c", ["b"])], critical_path: ["a", "b"] } as unknown as RunDetail;
    expect(expectedSeconds(run)).toBe(8);
    expect(expectedSeconds({ ...run, critical_path: ["a", "b", "c"] })).toBeNull();
  });
  it("know the last moment a run tells of", () => {
    expect(lastTold({ started_at: at(0), steps: [done("a", [], 1, 5), step("b", ["a"], { started_at: at(6) })] } as unknown as RunDetail)).toBe(ms(6));
  });
  it("mark the axis at round seconds", () => {
    expect(ticksOf(60, 4)).toEqual([0, 15, 30, 45, 60]);
    expect(ticksOf(7200, 4)).toEqual([0, 1800, 3600, 5400, 7200]);
    expect(ticksOf(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(ticksOf(30 * 86_400, 6)).toHaveLength(7);
  });
});

describe("the timeline", () => {
  it("shows what was, and lays what lies ahead after its parents by the estimate", () => {
    const estimate = { mean: 5, low: 3, high: 9 };
    const steps = [done("a", [], 0, 10), step("b", ["a"], { estimate_s: estimate }), step("c", ["b"], { estimate_s: estimate })];
    const { bars, from, to } = ganttOf(steps, ms(12));
    expect([from, to]).toEqual([ms(0), ms(22)]);
    expect(bars.map(({ name, ahead }) => [name, ahead])).toEqual([["a", false], ["b", true], ["c", true]]);
    expect(bars.map((bar) => [bar.from, bar.to])).toEqual([[ms(0), ms(10)], [ms(12), ms(17)], [ms(17), ms(22)]]);
  });
  it("lets a running bar reach until now, and what follows wait for its estimate", () => {
    const steps = [
      step("a", [], { status: "running", started_at: at(0), estimate_s: { mean: 30, low: 20, high: 40 }, attempts: [worked(0, null, null)] }),
      step("b", ["a"], { estimate_s: { mean: 10, low: 5, high: 20 } }),
    ];
    const { bars } = ganttOf(steps, ms(8));
    expect(bars[0]?.to).toBe(ms(8));
    expect(bars[1]?.from).toBe(ms(30));
  });
  it("lays a shop's run by what each step worked, where the shop's clock was held meanwhile", () => {
    const held = (name: string, parents: string[], seconds: number) => done(name, parents, 0, 0, { attempts: [worked(0, 0, seconds)] });
    const steps = [held("a", [], 8), held("b", ["a"], 10), held("c", ["a"], 1)];
    expect(paceOf(steps)).toBe(0);
    const { bars, from, to, pace } = ganttOf(steps, ms(86_400), true);
    expect(bars.map((bar) => [bar.name, (bar.from - from) / 1000, (bar.to - from) / 1000])).toEqual([["a", 0, 8], ["b", 8, 18], ["c", 8, 9]]);
    expect([(to - from) / 1000, pace]).toEqual([18, 1]);
  });
  it("does not let a far-off estimate press the rest together", () => {
    const { from, to } = ganttOf([done("a", [], 0, 10, { estimate_s: { mean: 9000, low: 1, high: 20_000 } })], ms(10));
    expect((to - from) / 1000).toBe(15);
  });
  it("shows failed attempts apart", () => {
    const [bar] = ganttOf([done("a", [], 0, 9, { attempts: [worked(0, 4, 4, "down"), worked(5, 9, 4)] })], ms(9)).bars;
    expect(bar?.attempts.map(({ failed }) => failed)).toEqual([true, false]);
  });
  it("expects nothing more of a run that is over", () => {
    const [, bar] = ganttOf([done("a", [], 0, 4), step("b", ["a"], { estimate_s: { mean: 60, low: 40, high: 90 } })], ms(4), true).bars;
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

it("offers a restart at steps that began, the failed one first", () => {
  const run = { steps: [done("a", [], 0, 1), step("b", ["a"], { status: "failed", started_at: at(1) }), step("c", ["b"])] } as unknown as RunDetail;
  expect(restartSteps(run)).toEqual(["b", "a"]);
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
    expect(fastest(() => ganttOf(steps, ms(600)))).toBeLessThan(500);
  });
});

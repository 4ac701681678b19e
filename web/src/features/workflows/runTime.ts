// Times of a run: how long it took, how long each step was expected to take, and what still lies ahead.
import type { Run, Step } from "@/api/machine";

const ms = (at: string) => Date.parse(at);

/** Seconds between two moments on the engine's clock; none while it has not begun. */
export function tookSeconds({ started_at: from, ended_at: to }: Pick<Run, "started_at" | "ended_at">, now: number): number | null {
  if (!from) return null;
  return Math.max(0, ((to ? ms(to) : now) - ms(from)) / 1000);
}

/** The length of a run in seconds of life, where the engine's clock goes at `pace`. */
export function lifeSeconds(run: Pick<Run, "started_at" | "ended_at">, now: number, pace: number): number | null {
  const took = tookSeconds(run, now);
  return took === null ? null : took / (pace > 0 ? pace : 1);
}

/** Seconds of life that a step took so far, over all its attempts. */
export function workedSeconds(step: Pick<Step, "attempts">): number | null {
  const known = step.attempts.filter(({ seconds }) => seconds !== null);
  return known.length ? known.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) : null;
}

/**
 * How many seconds the engine's clock goes in a second of life: 1, unless it is a simulated shop's.
 * The middle one of all steps that ended, as steps of no length tell nothing.
 */
export function paceOf(steps: readonly Step[]): number {
  const paces = steps
    .flatMap(({ attempts }) => attempts)
    .filter(({ ended_at: to, seconds }) => to !== null && (seconds ?? 0) > 0.05)
    .map(({ started_at: from, ended_at: to, seconds }) => (ms(to ?? from) - ms(from)) / 1000 / (seconds ?? 1))
    .filter((pace) => pace > 0)
    .sort((a, b) => a - b);
  return paces[Math.floor(paces.length / 2)] ?? 1;
}

export interface Bar {
  name: string;
  step: Step;
  /** When it began or will begin, and ended or will end; milliseconds on the engine's clock. */
  from: number;
  to: number;
  /** True where both ends are only expected. */
  ahead: boolean;
  attempts: { from: number; to: number; failed: boolean }[];
  /** Where it was expected to end, with the interval. */
  expected: { mean: number; low: number; high: number } | null;
}

export interface Gantt {
  bars: Bar[];
  from: number;
  to: number;
  /** Seconds of the engine's clock in a second of life. */
  pace: number;
}

/**
 * One bar a step, in the order they begin. What has not begun is laid after its parents by its estimate, unless the
 * run is over: then it never will begin, and its bar has no length.
 */
export function ganttOf(steps: readonly Step[], now: number, over = false): Gantt {
  const pace = paceOf(steps);
  const ends = new Map<string, number>();
  const begun = steps.flatMap(({ started_at: at }) => (at ? [ms(at)] : []));
  const origin = begun.length ? Math.min(...begun) : now;
  const bars = steps.map((step): Bar => {
    const ready = Math.max(origin, ...step.parents.map((parent) => ends.get(parent) ?? origin));
    const ahead = step.started_at === null;
    const from = step.started_at ? ms(step.started_at) : step.status === "skipped" || over ? ready : Math.max(ready, now);
    const estimate = step.estimate_s;
    const scale = 1000 * pace;
    const expected = estimate && { mean: from + estimate.mean * scale, low: from + estimate.low * scale, high: from + estimate.high * scale };
    const open = step.status === "running" || step.status === "waiting";
    const to = step.ended_at ? ms(step.ended_at) : open ? Math.max(now, from) : step.status === "skipped" || over ? from : (expected?.mean ?? from);
    ends.set(step.name, open ? Math.max(to, expected?.mean ?? to) : to);
    const attempts = step.attempts.map(({ started_at: begin, ended_at: end, error }) => ({ from: ms(begin), to: end ? ms(end) : to, failed: Boolean(error) }));
    return { name: step.name, step, from, to, ahead, attempts, expected };
  });
  const order = new Map(steps.map(({ name }, index) => [name, index]));
  bars.sort((a, b) => a.from - b.from || (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  const last = bars.flatMap(({ to, ahead, expected }) => [to, ahead ? to : Math.min(expected?.mean ?? to, to * 2 - origin)]);
  return { bars, pace, from: origin, to: Math.max(origin + 1, ...last) };
}

const rounds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Round seconds after the start at which the axis is marked, about `wanted` of them. */
export function ticksOf(seconds: number, wanted: number): number[] {
  const rough = seconds / Math.max(1, wanted);
  const day = 86_400;
  const step = seconds < 2 ? rough : (rounds.find((one) => one >= rough) ?? Math.ceil(rough / day) * day);
  return step > 0 ? Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step) : [0];
}

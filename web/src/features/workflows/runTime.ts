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
 * How many seconds the engine's clock goes in a second of life: 1 as a rule, more in a simulated shop, and 0 where that
 * shop's time is held while its agents work. The middle one of all attempts that ended, as short ones tell nothing.
 */
export function paceOf(steps: readonly Step[]): number {
  const paces = steps
    .flatMap(({ attempts }) => attempts)
    .filter(({ ended_at: to, seconds }) => to !== null && (seconds ?? 0) > 0.05)
    .map(({ started_at: from, ended_at: to, seconds }) => (ms(to ?? from) - ms(from)) / 1000 / (seconds ?? 1))
    .sort((a, b) => a - b);
  const middle = paces[Math.floor(paces.length / 2)] ?? 1;
  return middle < 0.01 ? 0 : middle;
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
  /** Seconds of the axis in a second of life. */
  pace: number;
}

interface Placed {
  from: number;
  to: number;
  attempts: Bar["attempts"];
}

/** Where a step that began stands when the clock went on: at the moments it tells of. */
function placedByClock(step: Step, now: number): Placed {
  const from = ms(step.started_at ?? "");
  const open = step.status === "running" || step.status === "waiting";
  const to = step.ended_at ? ms(step.ended_at) : open ? Math.max(now, from) : from;
  return { from, to, attempts: step.attempts.map((one) => ({ from: ms(one.started_at), to: one.ended_at ? ms(one.ended_at) : to, failed: Boolean(one.error) })) };
}

/** Where it stands when the clock was held: after those it depends on, as long as it worked. */
function placedByWork(step: Step, ready: number): Placed {
  let at = ready;
  const attempts = step.attempts.map(({ seconds, error }) => {
    const from = at;
    at += (seconds ?? 0) * 1000;
    return { from, to: at, failed: Boolean(error) };
  });
  return { from: ready, to: at, attempts };
}

/** Where it will stand: after its parents, by its estimate; a run that is over expects nothing more. */
function placedAhead(step: Step, ready: number, now: number, scale: number, over: boolean): Placed {
  const from = over || step.status === "skipped" ? ready : Math.max(ready, now);
  const length = over || step.status === "skipped" ? 0 : (step.estimate_s?.mean ?? 0) * scale;
  return { from, to: from + length, attempts: [] };
}

/** One bar a step, in the order they begin; what has not begun is laid after its parents by its estimate. */
export function ganttOf(steps: readonly Step[], present: number, over = false): Gantt {
  const pace = paceOf(steps);
  const held = pace === 0;
  const scale = 1000 * (held ? 1 : pace);
  const ends = new Map<string, number>();
  const begun = steps.flatMap(({ started_at: at }) => (at ? [ms(at)] : []));
  const origin = begun.length ? Math.min(...begun) : present;
  const now = held ? origin : present;
  const bars = steps.map((step): Bar => {
    const ready = Math.max(origin, ...step.parents.map((parent) => ends.get(parent) ?? origin));
    const ahead = step.started_at === null;
    const placed = ahead ? placedAhead(step, ready, now, scale, over) : held ? placedByWork(step, ready) : placedByClock(step, now);
    const estimate = step.estimate_s;
    const { from } = placed;
    const expected = estimate && { mean: from + estimate.mean * scale, low: from + estimate.low * scale, high: from + estimate.high * scale };
    const open = step.status === "running" || step.status === "waiting";
    ends.set(step.name, open && !over ? Math.max(placed.to, expected?.mean ?? placed.to) : placed.to);
    return { name: step.name, step, ahead, expected, ...placed };
  });
  const order = new Map(steps.map(({ name }, index) => [name, index]));
  bars.sort((a, b) => a.from - b.from || (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  // An estimate far beyond what was is not let to press everything else together.
  const worked = Math.max(origin + 1, ...bars.map(({ to }) => to));
  const last = bars.flatMap(({ expected, ahead }) => (expected && !ahead ? [Math.min(expected.mean, worked + (worked - origin) / 2)] : []));
  return { bars, pace: scale / 1000, from: origin, to: Math.max(worked, ...last) };
}

const rounds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Round seconds after the start at which the axis is marked, about `wanted` of them. */
export function ticksOf(seconds: number, wanted: number): number[] {
  const rough = seconds / Math.max(1, wanted);
  const day = 86_400;
  const step = seconds < 2 ? rough : (rounds.find((one) => one >= rough) ?? Math.ceil(rough / day) * day);
  return step > 0 ? Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step) : [0];
}

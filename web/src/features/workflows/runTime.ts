// Times of a run in seconds of life since it was asked for: where each step stood, and what still lies ahead.
import type { Step } from "@/api/machine";

export interface Bar {
  name: string;
  step: Step;
  /** When it began or will begin, and ended or will end. */
  from: number;
  to: number;
  /** True where both ends are only expected. */
  ahead: boolean;
  attempts: { from: number; to: number; failed: boolean }[];
  /** Where it was expected to end. */
  expected: number | null;
}

export interface Gantt {
  bars: Bar[];
  /** The last second that is shown. */
  to: number;
}

type Placed = Pick<Bar, "from" | "to" | "attempts">;

const isOpen = ({ status }: Pick<Step, "status">) => status === "running" || status === "waiting";

/** Whether it was worked in another run, of which this one is a restart. */
export const isTakenOver = (step: Pick<Step, "status" | "begins_s" | "started_at">): boolean => step.begins_s === null && step.started_at !== null;

function placed(step: Step, from: number, now: number): Placed {
  const to = step.ends_s ?? (isOpen(step) ? Math.max(now, from) : from);
  const attempts = step.attempts.map(({ at_s: at, seconds, error }) => {
    const begin = at ?? from;
    return { from: begin, to: seconds === null ? to : begin + seconds, failed: Boolean(error) };
  });
  return { from, to, attempts };
}

/** Where it will stand: after its parents, by its estimate; a run that is over expects nothing more. */
function placedAhead(step: Step, ready: number, now: number, over: boolean): Placed {
  const never = over || step.status === "skipped" || isTakenOver(step);
  const from = never ? ready : Math.max(ready, now);
  return { from, to: from + (never ? 0 : (step.estimate_s?.median ?? 0)), attempts: [] };
}

/** One bar a step, in the order they begin; what has not begun is laid after its parents by its estimate. */
export function ganttOf(steps: readonly Step[], now: number, over = false): Gantt {
  const ends = new Map<string, number>();
  const bars = steps.map((step): Bar => {
    const ready = Math.max(0, ...step.parents.map((parent) => ends.get(parent) ?? 0));
    const place = step.begins_s === null ? placedAhead(step, ready, now, over) : placed(step, step.begins_s, now);
    const expected = step.estimate_s && place.from + step.estimate_s.median;
    ends.set(step.name, isOpen(step) && !over ? Math.max(place.to, expected ?? place.to) : place.to);
    return { name: step.name, step, ahead: step.begins_s === null, expected, ...place };
  });
  const order = new Map(steps.map(({ name }, index) => [name, index]));
  bars.sort((a, b) => a.from - b.from || (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  // An estimate far beyond what was is not let to press everything else together.
  const worked = Math.max(0.001, ...bars.map(({ to }) => to));
  const last = bars.flatMap(({ expected, ahead }) => (expected !== null && !ahead ? [Math.min(expected, worked * 1.5)] : []));
  return { bars, to: Math.max(worked, ...last) };
}

const rounds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** One, two or five of some power of ten: a round part of a second. */
function roundPart(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10);
}

/** Round seconds after the start at which the axis is marked, about `wanted` of them. */
export function ticksOf(seconds: number, wanted: number): number[] {
  if (seconds <= 0) return [0];
  const rough = seconds / Math.max(1, wanted);
  const day = 86_400;
  const step = rough < 1 ? roundPart(rough) : (rounds.find((one) => one >= rough) ?? Math.ceil(rough / day) * day);
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, index) => index * step);
}

// The shop's clock, kept outside React: a tick wakes only those who show the time.
import { useSyncExternalStore } from "react";
import type { ClockState } from "@/api/types";

interface Tick {
  now: string;
  speed: number;
  paused: boolean;
}

let base = Date.now();
let received = performance.now();
let speed = 1;
let paused = false;
const listeners = new Set<() => void>();

/** Sets the clock by what the server says. */
export function clockTicked(tick: Tick | ClockState): void {
  base = new Date(tick.now).getTime();
  received = performance.now();
  ({ speed, paused } = tick);
  for (const listener of listeners) listener();
}

/** The shop's present moment in milliseconds; runs on between two ticks. */
export function shopNow(): number {
  return paused ? base : base + (performance.now() - received) * speed;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Renders again only when the text that the clock makes has changed. */
export function useClockText(describe: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => describe(shopNow()));
}

// The clock on the wall, told once a second to those who show it; machines live by it, whatever the shop's clock does.
import { useSyncExternalStore } from "react";

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** Renders again only when the text that the clock makes has changed. */
export function useWallText(describe: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => describe(now));
}

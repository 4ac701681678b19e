// Decisions that arrived live, kept outside React: a list tells how many are new without moving under the reader.
import { useSyncExternalStore } from "react";
import type { DecisionSummary } from "@/api/types";

const kept = 1000;
let arrived: DecisionSummary[] = [];
const listeners = new Set<() => void>();

export function decisionsArrived(decisions: readonly DecisionSummary[]): void {
  const ids = new Set(decisions.map(({ id }) => id));
  arrived = [...arrived.filter(({ id }) => !ids.has(id)), ...decisions].slice(-kept);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How many of the arrived decisions the test accepts. */
export function useFreshCount(accepts: (decision: DecisionSummary) => boolean): number {
  return useSyncExternalStore(subscribe, () => arrived.filter(accepts).length);
}

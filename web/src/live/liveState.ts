// Whether live updates flow, for the sign in the top bar.
import { useSyncExternalStore } from "react";
import type { LiveState } from "./liveClient";

let state: LiveState = "off";
const listeners = new Set<() => void>();

export function liveStateChanged(next: LiveState): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, () => state);

// Where a picture of a run opens: at the step that tells most about the present.
import type { Step } from "@/api/machine";

/** The step that tells most about the present: what failed, waits or runs; else the last that ended. */
export function focusOf(steps: readonly Step[]): Step | undefined {
  for (const status of ["failed", "undo_failed", "waiting", "running"] as const) {
    const found = steps.find((step) => step.status === status);
    if (found) return found;
  }
  return [...steps].reverse().find(({ status }) => status === "succeeded") ?? steps[0];
}

// The states of runs in groups, as people ask for them.
import type { RunStatus } from "@/api/machine";

export const pageSize = 50;

export const groups = {
  all: [],
  active: ["queued", "running"],
  waiting: ["waiting"],
  failed: ["failed", "stuck"],
  succeeded: ["succeeded"],
  cancelled: ["cancelled"],
} satisfies Record<string, RunStatus[]>;

export type Group = keyof typeof groups;
export const groupOf = (text: string): Group => (text in groups ? (text as Group) : "all");

// Trust in an agent, read from its record: which levels it has, may reach, and is working towards.
import type { AgentSummary, DecisionSummary, Level } from "@/api/types";

export const levels: readonly Level[] = ["shadow", "advise", "bounded", "full"];

export type Step = "passed" | "present" | "next" | "later" | "closed";

type Held = Pick<AgentSummary, "level" | "cap" | "evidence">;

/** Where each level stands for this agent; "closed" lies above the cap that a person set. */
export function stepsOf({ level, cap, evidence }: Held): Record<Level, Step> {
  const at = levels.indexOf(level);
  const step = (one: Level, index: number): Step => {
    if (index < at) return "passed";
    if (index === at) return "present";
    if (index > levels.indexOf(cap)) return "closed";
    return evidence.towards === one ? "next" : "later";
  };
  return Object.fromEntries(levels.map((one, index) => [one, step(one, index)])) as Record<Level, Step>;
}

/** Out of service after too many failures in a row, until a person releases it. */
export const isQuarantined = ({ state }: Pick<AgentSummary, "state">): boolean => state === "quarantined";

export const actsAlone = ({ level, stopped, state }: Pick<AgentSummary, "level" | "stopped" | "state">): boolean =>
  !stopped && !isQuarantined({ state }) && (level === "bounded" || level === "full");

/** The key of the one sentence that says how an agent stands. */
export function standing(agent: Pick<AgentSummary, "level" | "stopped" | "state">): `sentence.${Level | "stopped" | "quarantined"}` {
  if (agent.stopped) return "sentence.stopped";
  return isQuarantined(agent) ? "sentence.quarantined" : `sentence.${agent.level}`;
}

/** Points as a progress bar takes them: whole, between 0 and 100. */
export const barPoints = (points: number): number => Math.floor(Math.min(100, Math.max(0, points)));

export interface Kept {
  count: number;
  expected: number;
  realised: number;
  /** Share of intervals that held what came. */
  covered: number;
}

/** What was promised and what came of it, over measured decisions. */
export function keptPromises(decisions: readonly DecisionSummary[]): Kept | null {
  const measured = decisions.flatMap(({ predicted, measured: came }) => (came ? [{ predicted, came }] : []));
  if (measured.length === 0) return null;
  return {
    count: measured.length,
    expected: measured.reduce((sum, { predicted }) => sum + predicted.mean, 0),
    realised: measured.reduce((sum, { came }) => sum + came.gain, 0),
    covered: measured.filter(({ came }) => came.covered).length / measured.length,
  };
}

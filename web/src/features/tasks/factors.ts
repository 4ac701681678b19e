// The factors of a priority: which weigh most, and how each bar is drawn.
import type { Factor } from "@/api/machine";

/** The heaviest first, whatever their sign. */
export const byWeight = (factors: readonly Factor[]): Factor[] => [...factors].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));

/** Left edge and width of a factor's bar in percent; bars start in the middle where some factors pull down. */
export function barOf(contribution: number, factors: readonly Factor[]): { left: number; width: number } {
  const most = Math.max(1e-9, ...factors.map((factor) => Math.abs(factor.contribution)));
  const room = factors.some((factor) => factor.contribution < 0) ? 50 : 100;
  const width = (Math.abs(contribution) / most) * room;
  const middle = 100 - room;
  return { left: contribution < 0 ? middle - width : middle, width };
}

// The present moment of a run on the engine's clock: its end where it has ended, else what the clock shows.
import { useEffect, useState } from "react";
import type { RunDetail } from "@/api/machine";
import { useGetClockQuery } from "@/api/overview";
import { shopNow } from "@/live/clock";

const beat = 1000;

/** The last moment that the run itself tells of. */
export function lastTold(run: RunDetail): number {
  const told = run.steps.flatMap(({ started_at: from, ended_at: to }) => [from, to]).filter((at): at is string => at !== null);
  return Math.max(Date.parse(run.started_at ?? "") || 0, ...told.map((at) => Date.parse(at)));
}

/** Goes on once a second of life, so that a bar that grows is not drawn more often than anyone sees. */
export function useRunNow(run: RunDetail): number {
  const known = useGetClockQuery().data !== undefined;
  const over = run.ended_at !== null;
  const [shown, setShown] = useState<number | null>(null);
  useEffect(() => {
    if (over || !known) return;
    const look = () => setShown(shopNow());
    const soon = setTimeout(look);
    const timer = setInterval(look, beat);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [over, known]);
  if (run.ended_at) return Date.parse(run.ended_at);
  return Math.max(shown ?? 0, lastTold(run));
}

// The present moment of a run: its end where it has ended, else what the clock on the wall shows.
import { useEffect, useState } from "react";
import type { RunDetail } from "@/api/machine";

const beat = 1000;

/** The last moment that the run itself tells of. */
export function lastTold(run: RunDetail): number {
  const told = run.steps.flatMap(({ started_at: from, ended_at: to }) => [from, to]).filter((at): at is string => at !== null);
  return Math.max(Date.parse(run.started_at ?? "") || 0, ...told.map((at) => Date.parse(at)));
}

/** Goes on once a second, so that a bar that grows is not drawn more often than anyone sees. */
export function useRunNow(run: RunDetail): number {
  const over = run.ended_at !== null;
  const [shown, setShown] = useState(() => Date.now());
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => setShown(Date.now()), beat);
    return () => clearInterval(timer);
  }, [over]);
  if (run.ended_at) return Date.parse(run.ended_at);
  return Math.max(shown, lastTold(run));
}

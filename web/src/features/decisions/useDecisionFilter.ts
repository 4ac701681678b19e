// The filter of the decisions: it lives in the address, so that it can be shared, saved and gone back to.
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { DecisionFilter } from "@/api/decisions";
import type { Status } from "@/api/types";
import { shopNow } from "@/live/clock";

export const pageSize = 25;
export const periods = [1, 7, 28, 91] as const;

/** Groups of states, as people ask for them. */
export const groups = {
  all: [],
  waiting: ["waiting"],
  done: ["approved", "executing", "executed", "measured"],
  measured: ["measured"],
  shadowed: ["shadowed"],
  turnedDown: ["blocked", "rejected", "expired", "failed", "undone"],
} satisfies Record<string, Status[]>;

export type Group = keyof typeof groups;
const isGroup = (text: string): text is Group => text in groups;

const day = 86_400_000;
const daysAgo = (days: number) => `${new Date(shopNow() - days * day).toISOString().slice(0, 10)}T00:00:00Z`;

export function useDecisionFilter() {
  const [search, setSearch] = useSearchParams();
  const named = search.get("status") ?? "all";
  const group: Group = isGroup(named) ? named : "all";
  const days = Number(search.get("days")) || 0;
  // Fixed when the period is chosen: a racing clock must not ask for a new list every second.
  const since = useMemo(() => (days > 0 ? daysAgo(days) : undefined), [days]);
  const agent = search.get("agent") ?? "";
  const text = search.get("q") ?? "";
  const sort = search.get("sort") ?? "-created_at";

  const filter: DecisionFilter = { status: groups[group], agent, q: text, since, sort };
  const change = (changes: Record<string, string>) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.delete("at");
        for (const [key, value] of Object.entries(changes)) {
          if (value) next.set(key, value);
          else next.delete(key);
        }
        return next;
      },
      { replace: "q" in changes },
    );
  const filtered = group !== "all" || days > 0 || agent !== "" || text !== "";
  return { group, days, agent, text, sort, filter, filtered, change, clear: () => setSearch({}), query: search };
}

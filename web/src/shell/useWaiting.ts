// How much waits for a person, in all and by place; the same answer for every badge.
import { useGetAttentionQuery } from "@/api/attention";
import type { Attention } from "@/api/types";
import { polling } from "@/components/polling";
import type { Place } from "./places";

/** Nothing until the server has said so. */
export function useAttention(): Attention | undefined {
  return useGetAttentionQuery(undefined, polling(10)).data;
}

const kinds = { decisions: "decisions", workflows: "approvals", incidents: "incidents" } as const;
export type WaitingPlace = keyof typeof kinds;

export const isWaitingPlace = (place: Place["key"]): place is WaitingPlace => place in kinds;

/** What waits at a place; nothing at most of them. */
export function useWaitingAt(place: Place["key"]): number {
  const attention = useAttention();
  return attention && isWaitingPlace(place) ? attention[kinds[place]].count : 0;
}

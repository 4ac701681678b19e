// How many decisions wait for a person.
import { useGetOverviewQuery } from "@/api/overview";

export function useWaiting(): number {
  return useGetOverviewQuery(undefined, { selectFromResult: ({ data }) => ({ waiting: data?.needs_you.waiting ?? 0 }) })
    .waiting;
}

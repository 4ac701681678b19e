// How many seconds the engine's clock goes in a second of life: 1, unless it is a simulated shop's.
import { useGetClockQuery } from "@/api/overview";

export function useClockPace(): number {
  const speed = useGetClockQuery().data?.speed ?? 1;
  return speed > 0 ? speed : 1;
}

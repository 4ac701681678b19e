// Endpoints of memory: how much is held and by what, the strategy, and giving memory back.
import { api } from "./api";
import type { Memory, MemoryStrategy } from "./machine";

export const memoryApi = api.injectEndpoints({
  endpoints: (build) => ({
    getMemory: build.query<Memory, void>({
      query: () => "/memory",
      providesTags: ["Memory"],
    }),
    monitorMemory: build.mutation<unknown, { on: boolean; tracing?: boolean }>({
      query: (body) => ({ url: "/memory/monitoring", method: "POST", body }),
      invalidatesTags: ["Memory"],
    }),
    changeStrategy: build.mutation<unknown, MemoryStrategy>({
      query: (strategy) => ({ url: "/memory/strategy", method: "POST", body: { strategy } }),
      invalidatesTags: ["Memory"],
    }),
    relieveMemory: build.mutation<unknown, void>({
      query: () => ({ url: "/memory/relieve", method: "POST", body: {} }),
      invalidatesTags: ["Memory"],
    }),
    snapshotMemory: build.mutation<unknown, void>({
      query: () => ({ url: "/memory/snapshot", method: "POST", body: {} }),
      invalidatesTags: ["Memory"],
    }),
  }),
});

export const {
  useGetMemoryQuery,
  useMonitorMemoryMutation,
  useChangeStrategyMutation,
  useRelieveMemoryMutation,
  useSnapshotMemoryMutation,
} = memoryApi;

// Endpoints of workers and executors: who works, how busy each is, and the self-test of the machine.
import { api } from "./api";
import type { Balancing, Executor, SelfTest, WorkerPool } from "./machine";

export const workersApi = api.injectEndpoints({
  endpoints: (build) => ({
    listWorkers: build.query<WorkerPool, void>({
      query: () => "/workers",
      providesTags: ["Worker"],
    }),
    addWorker: build.mutation<WorkerPool, { slots: number }>({
      query: (body) => ({ url: "/workers", method: "POST", body }),
      invalidatesTags: ["Worker"],
    }),
    retireWorker: build.mutation<unknown, string>({
      query: (name) => ({ url: `/workers/${encodeURIComponent(name)}`, method: "DELETE" }),
      invalidatesTags: ["Worker"],
    }),
    changeBalancing: build.mutation<unknown, Balancing>({
      query: (balancing) => ({ url: "/workers", method: "PATCH", body: { balancing } }),
      invalidatesTags: ["Worker"],
    }),
    listExecutors: build.query<{ items: Executor[] }, void>({
      query: () => "/executors",
      providesTags: ["Executor"],
    }),
    drainExecutor: build.mutation<unknown, { id: string; force: boolean }>({
      query: ({ id, force }) => ({ url: `/executors/${encodeURIComponent(id)}/drain`, method: "POST", body: { force } }),
      invalidatesTags: ["Executor"],
    }),
    selfTest: build.mutation<SelfTest, void>({
      query: () => ({ url: "/self-test", method: "POST", body: {} }),
    }),
  }),
});

export const {
  useListWorkersQuery,
  useAddWorkerMutation,
  useRetireWorkerMutation,
  useChangeBalancingMutation,
  useListExecutorsQuery,
  useDrainExecutorMutation,
  useSelfTestMutation,
} = workersApi;

// Endpoints of workflows: runs with their steps, what waits for a person, definitions and adaptations.
import { api, query } from "./api";
import type { Adaptation, Definition, Run, RunDetail, Wait } from "./machine";
import { idempotencyKey } from "./request";
import type { Page } from "./types";

export interface RunFilter {
  status?: readonly string[];
  name?: string;
  q?: string;
  limit?: number;
  cursor?: string;
}
export type RunChange = { id: string; change: "cancel"; undo: boolean } | { id: string; change: "resume" } | { id: string; change: "restart"; from_step: string };

const runPath = (id: string) => `/workflows/${encodeURIComponent(id)}`;

export const workflowsApi = api.injectEndpoints({
  endpoints: (build) => ({
    listRuns: build.query<Page<Run>, RunFilter>({
      query: (filter) => query("/workflows", filter),
      providesTags: ["Run"],
    }),
    getRun: build.query<RunDetail, string>({
      query: runPath,
      providesTags: (_result, _error, id) => [{ type: "Run", id }],
    }),
    /** With long inputs and outputs whole; asked only when a person wants them. */
    getWholeRun: build.query<RunDetail, string>({
      query: (id) => `${runPath(id)}?full=true`,
      providesTags: (_result, _error, id) => [{ type: "Run", id }],
    }),
    changeRun: build.mutation<RunDetail, RunChange>({
      query: ({ id, change, ...body }) => ({
        url: `${runPath(id)}/${change}`,
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body,
      }),
      invalidatesTags: ["Run", "Wait", "Task"],
    }),
    answerWait: build.mutation<unknown, { id: string; topic: string; payload: unknown }>({
      query: ({ id, topic, payload }) => ({
        url: `${runPath(id)}/signals/${encodeURIComponent(topic)}`,
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body: { payload },
      }),
      invalidatesTags: ["Run", "Wait"],
    }),
    listWaits: build.query<Page<Wait>, void>({
      query: () => "/waits",
      providesTags: ["Wait"],
    }),
    listDefinitions: build.query<{ items: Definition[] }, void>({
      query: () => "/workflows/definitions",
      providesTags: ["Run"],
    }),
    listAdaptations: build.query<Page<Adaptation>, { limit?: number; cursor?: string }>({
      query: (filter) => query("/adaptations", filter),
      providesTags: ["Adaptation"],
    }),
    revertAdaptation: build.mutation<unknown, string>({
      query: (id) => ({ url: `/adaptations/${encodeURIComponent(id)}/revert`, method: "POST", body: {} }),
      invalidatesTags: ["Adaptation", "Run"],
    }),
  }),
});

export const {
  useListRunsQuery,
  useGetRunQuery,
  useGetWholeRunQuery,
  useChangeRunMutation,
  useAnswerWaitMutation,
  useListWaitsQuery,
  useListDefinitionsQuery,
  useListAdaptationsQuery,
  useRevertAdaptationMutation,
} = workflowsApi;

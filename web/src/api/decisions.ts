// Endpoints of decisions: list, detail, approve, reject, undo, and the same for many at once.
import { api, query } from "./api";
import { idempotencyKey } from "./request";
import type { BulkResult, Decision, DecisionSummary, Page, Status } from "./types";

export interface DecisionFilter {
  status?: Status[];
  agent?: string;
  subject?: string;
  since?: string;
  q?: string;
  sort?: string;
  limit?: number;
  cursor?: string;
}
export type Verdict = "approve" | "reject" | "undo";

export const decisionsApi = api.injectEndpoints({
  endpoints: (build) => ({
    listDecisions: build.query<Page<DecisionSummary>, DecisionFilter>({
      query: (filter) => query("/decisions", filter),
      providesTags: (page) => [
        { type: "Decision", id: "LIST" },
        ...(page?.items ?? []).map(({ id }) => ({ type: "Decision" as const, id })),
      ],
    }),
    getDecision: build.query<Decision, string>({
      query: (id) => `/decisions/${encodeURIComponent(id)}`,
      providesTags: (_result, _error, id) => [{ type: "Decision", id }],
    }),
    decide: build.mutation<Decision, { id: string; verdict: Verdict; note?: string }>({
      query: ({ id, verdict, note }) => ({
        url: `/decisions/${encodeURIComponent(id)}/${verdict}`,
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body: note ? { note } : {},
      }),
      invalidatesTags: (_result, _error, { id }) => [{ type: "Decision", id }, "Overview", "Agent", "Stock", "Order"],
    }),
    decideMany: build.mutation<BulkResult, { ids: string[]; action: Verdict; note?: string }>({
      query: (body) => ({
        url: "/decisions/bulk",
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body,
      }),
      invalidatesTags: ["Decision", "Overview", "Agent", "Stock", "Order"],
    }),
    exportDecisions: build.mutation<Blob, DecisionFilter>({
      query: (filter) => ({
        url: query("/decisions/export.csv", filter),
        responseHandler: async (answer) => (answer.ok ? answer.blob() : answer.json()),
        cache: "no-store",
      }),
    }),
  }),
});

export const { useListDecisionsQuery, useGetDecisionQuery, useDecideMutation, useDecideManyMutation } = decisionsApi;

// Endpoints of incidents: what broke and what mended it, the breakers, and the playbooks.
import { api, query } from "./api";
import type { Breaker, Incident, IncidentDetail, Playbook } from "./machine";
import type { Page } from "./types";

export interface IncidentFilter {
  status?: readonly string[];
  q?: string;
  limit?: number;
  cursor?: string;
}

export const incidentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    listIncidents: build.query<Page<Incident>, IncidentFilter>({
      query: (filter) => query("/incidents", filter),
      providesTags: ["Incident"],
    }),
    getIncident: build.query<IncidentDetail, string>({
      query: (id) => `/incidents/${encodeURIComponent(id)}`,
      providesTags: (_result, _error, id) => [{ type: "Incident", id }],
    }),
    settleIncident: build.mutation<unknown, { id: string; verdict: "acknowledge" | "resolve"; note: string }>({
      query: ({ id, verdict, note }) => ({ url: `/incidents/${encodeURIComponent(id)}/${verdict}`, method: "POST", body: { note } }),
      invalidatesTags: ["Incident"],
    }),
    listBreakers: build.query<{ items: Breaker[] }, void>({
      query: () => "/breakers",
      providesTags: ["Breaker"],
    }),
    resetBreaker: build.mutation<unknown, string>({
      query: (name) => ({ url: `/breakers/${encodeURIComponent(name)}/reset`, method: "POST", body: {} }),
      invalidatesTags: ["Breaker"],
    }),
    listPlaybooks: build.query<{ items: Playbook[] }, void>({
      query: () => "/playbooks",
      providesTags: ["Incident"],
    }),
  }),
});

export const {
  useListIncidentsQuery,
  useGetIncidentQuery,
  useSettleIncidentMutation,
  useListBreakersQuery,
  useResetBreakerMutation,
  useListPlaybooksQuery,
} = incidentsApi;

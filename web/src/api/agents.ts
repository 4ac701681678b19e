// Endpoints of agents: how far each is trusted, and how a person caps, pins or stops it.
import { api } from "./api";
import type { AgentDetail, AgentSummary, Level } from "./types";

export interface AgentChange {
  cap?: Level | null;
  pin?: Level | null;
  stopped?: boolean;
  level?: Level;
  guardrails?: Record<string, number>;
}

export const agentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    listAgents: build.query<{ items: AgentSummary[] }, void>({
      query: () => "/agents",
      providesTags: ["Agent"],
    }),
    getAgent: build.query<AgentDetail, string>({
      query: (name) => `/agents/${encodeURIComponent(name)}`,
      providesTags: (_result, _error, name) => [{ type: "Agent", id: name }],
    }),
    changeAgent: build.mutation<AgentDetail, { name: string; change: AgentChange }>({
      query: ({ name, change }) => ({ url: `/agents/${encodeURIComponent(name)}`, method: "PATCH", body: change }),
      invalidatesTags: ["Agent", "Overview"],
    }),
  }),
});

export const { useListAgentsQuery, useGetAgentQuery, useChangeAgentMutation } = agentsApi;

// Endpoints of agents: how far each is trusted, and how a person caps, pins, stops or releases it, or stops all.
import { api } from "./api";
import { idempotencyKey } from "./request";
import type { AgentDetail, AgentList, Level } from "./types";

export interface AgentChange {
  cap?: Level | null;
  pin?: Level | null;
  stopped?: boolean;
  level?: Level;
  guardrails?: Record<string, number>;
}

export const agentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    listAgents: build.query<AgentList, void>({
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
    releaseAgent: build.mutation<AgentDetail, string>({
      query: (name) => ({ url: `/agents/${encodeURIComponent(name)}/release`, method: "POST", headers: { "Idempotency-Key": idempotencyKey() } }),
      invalidatesTags: ["Agent", "Overview", "Incident"],
    }),
    turnAllAgents: build.mutation<AgentList, "stop" | "resume">({
      query: (verb) => ({ url: `/agents/${verb}`, method: "POST", headers: { "Idempotency-Key": idempotencyKey() } }),
      invalidatesTags: ["Agent", "Overview"],
    }),
  }),
});

export const { useListAgentsQuery, useGetAgentQuery, useChangeAgentMutation, useReleaseAgentMutation, useTurnAllAgentsMutation } = agentsApi;

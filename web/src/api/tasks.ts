// Endpoints of tasks: the backlog with its explained priorities, and what the scheduler foresees.
import { api, query } from "./api";
import type { Task, TaskForecast } from "./machine";
import { idempotencyKey } from "./request";
import type { Page } from "./types";

export interface TaskFilter {
  status?: readonly string[];
  kind?: string;
  q?: string;
  limit?: number;
  cursor?: string;
}
export interface TaskChange {
  deadline?: string | null;
  value?: number;
  boost?: number;
}

export const tasksApi = api.injectEndpoints({
  endpoints: (build) => ({
    listTasks: build.query<Page<Task>, TaskFilter>({
      query: (filter) => query("/tasks", filter),
      providesTags: ["Task"],
    }),
    getTask: build.query<Task, string>({
      query: (id) => `/tasks/${encodeURIComponent(id)}`,
      providesTags: ["Task"],
    }),
    getForecast: build.query<TaskForecast, void>({
      query: () => "/tasks/forecast",
      providesTags: ["Task"],
    }),
    submitTask: build.mutation<Task, { workflow: string; inputs: Record<string, unknown> }>({
      query: (body) => ({ url: "/tasks", method: "POST", headers: { "Idempotency-Key": idempotencyKey() }, body }),
      invalidatesTags: ["Task", "Run"],
    }),
    changeTask: build.mutation<Task, { id: string; change: TaskChange }>({
      query: ({ id, change }) => ({ url: `/tasks/${encodeURIComponent(id)}`, method: "PATCH", body: change }),
      invalidatesTags: ["Task"],
    }),
    cancelTask: build.mutation<Task, string>({
      query: (id) => ({
        url: `/tasks/${encodeURIComponent(id)}/cancel`,
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body: {},
      }),
      invalidatesTags: ["Task", "Run"],
    }),
  }),
});

export const { useListTasksQuery, useGetTaskQuery, useGetForecastQuery, useChangeTaskMutation, useCancelTaskMutation, useSubmitTaskMutation } = tasksApi;

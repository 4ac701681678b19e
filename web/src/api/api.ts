// The one cache of server data; each noun adds its endpoints in its own file.
import { createApi } from "@reduxjs/toolkit/query/react";
import { request } from "./request";

export const api = createApi({
  reducerPath: "api",
  baseQuery: request,
  tagTypes: [
    "Overview", "Decision", "Agent", "Stock", "Product", "Order", "Settings", "People", "Audit", "Me", "Clock",
    "Run", "Wait", "Adaptation", "Task", "Worker", "Executor", "Incident", "Breaker", "Memory",
  ],
  keepUnusedDataFor: 120,
  refetchOnReconnect: true,
  endpoints: () => ({}),
});

/** The query string of a filter: empty values are not sent, a list is sent as one pair for each of its values. */
export function query(path: string, values: object): string {
  const pairs = Object.entries(values).flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => [key, one]));
  const given = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

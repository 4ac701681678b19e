// The one cache of server data; each noun adds its endpoints in its own file.
import { createApi } from "@reduxjs/toolkit/query/react";
import { request } from "./request";

export const api = createApi({
  reducerPath: "api",
  baseQuery: request,
  tagTypes: ["Overview", "Decision", "Agent", "Stock", "Product", "Order", "Settings", "People", "Audit", "Me", "Clock"],
  keepUnusedDataFor: 120,
  refetchOnReconnect: true,
  endpoints: () => ({}),
});

/** Drops the empty values, so that a filter that is not set is not sent. */
export function params(values: object): Record<string, string> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

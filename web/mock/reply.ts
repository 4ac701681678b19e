// How the stand-in server replies: a body with its status, a problem, or one page of a list.
import type { Page } from "../src/api/types";

export interface Answer {
  status: number;
  body: unknown;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const problem = (status: number, detail: string, remedy: string): Answer => ({
  status,
  body: { type: "about:blank", title: detail, status, detail, remedy, request_id: "mock" },
});

export function page<Item>(items: Item[], query: URLSearchParams): Page<Item> {
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("cursor") ?? 0);
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next_cursor: next, total: items.length };
}

// The answers of the stand-in server: the same addresses and shapes as the real one.
import type { Decision, Page, Status } from "../src/api/types";
import { decisions } from "./decisions";
import { stockRows } from "./products";
import { agent, clock, overview, productDetail, session, settings } from "./shop";

export interface Answer {
  status: number;
  body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const problem = (status: number, detail: string, remedy: string): Answer => ({
  status,
  body: { type: "about:blank", title: detail, status, detail, remedy, request_id: "mock" },
});

function page<Item>(items: Item[], query: URLSearchParams): Page<Item> {
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("cursor") ?? 0);
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next_cursor: next, total: items.length };
}

function listDecisions(query: URLSearchParams): Answer {
  const [status, q, since] = [query.getAll("status"), query.get("q")?.toLowerCase(), query.get("since")];
  const fits = (one: Decision) =>
    (status.length === 0 || status.includes(one.status)) &&
    (!since || one.created_at >= since) &&
    (!q || `${one.summary.en} ${one.summary.ko} ${one.subject.id}`.toLowerCase().includes(q));
  const found = decisions.filter(fits);
  const sort = query.get("sort");
  if (sort?.includes("predicted")) found.sort((a, b) => (sort.startsWith("-") ? -1 : 1) * (a.predicted.mean - b.predicted.mean));
  if (sort === "created_at") found.reverse();
  return ok(page(found, query));
}

const after: Record<string, Status> = { approve: "executed", reject: "rejected", undo: "undone" };

function decide(decision: Decision, verdict: string): Answer {
  const allowed = decision.can[verdict as keyof Decision["can"]];
  if (!allowed) return problem(409, "This decision has already moved on.", "Look at its present state.");
  decision.status = after[verdict] as Status;
  decision.can = { approve: false, reject: false, undo: verdict === "approve" };
  decision.allowed_by = "person:owner@example.com";
  overview.needs_you.items = overview.needs_you.items.filter(({ id }) => id !== decision.id);
  overview.needs_you.waiting = decisions.filter(({ status }) => status === "waiting").length;
  return ok(decision);
}

function decisionsAnswer(method: string, parts: string[], query: URLSearchParams, body: Record<string, unknown>): Answer {
  const [, id, verdict] = parts;
  if (!id) return listDecisions(query);
  if (id === "bulk") {
    const ids = body.ids as string[];
    for (const one of decisions) if (ids.includes(one.id)) decide(one, String(body.action));
    return ok({ done: ids, failed: [] });
  }
  const decision = decisions.find((one) => one.id === id);
  if (!decision) return problem(404, "There is no such decision.", "");
  return method === "POST" && verdict ? decide(decision, verdict) : ok(decision);
}

export function answer(method: string, url: URL, body: Record<string, unknown>): Answer {
  const parts = url.pathname.replace("/api/v1/", "").split("/");
  const query = url.searchParams;
  switch (parts[0]) {
    case "auth":
      return parts[1] === "sign-in" && body.password === "wrong" ? problem(401, "Wrong password.", "") : ok(session);
    case "overview":
      return ok(overview);
    case "clock":
      return ok(Object.assign(clock, body));
    case "decisions":
      return decisionsAnswer(method, parts, query, body);
    case "agents":
      return ok(parts[1] ? agent : { items: [agent] });
    case "stock": {
      const [q, health] = [query.get("q")?.toLowerCase() ?? "", query.get("health")];
      const fits = stockRows.filter(
        (row) => (!health || row.health === health) && `${row.name.en} ${row.name.ko} ${row.sku}`.toLowerCase().includes(q),
      );
      return ok(page(fits, query));
    }
    case "products": {
      const detail = productDetail(Number(parts[1]));
      return detail ? ok(detail) : problem(404, "There is no such product.", "");
    }
    case "settings":
      return ok(settings);
    case "people":
      return ok({ items: [session.person], next_cursor: null, total: 1 });
    case "orders":
    case "audit":
      return parts[1] ? ok({ ok: true, rows: 0, first_broken: null }) : ok({ items: [], next_cursor: null, total: 0 });
    default:
      return problem(404, "There is no such address.", "");
  }
}

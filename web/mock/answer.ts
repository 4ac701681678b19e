// The answers of the stand-in server: the same addresses and shapes as the real one.
import type { AgentDetail, Attention, Decision, Status } from "../src/api/types";
import { decisions } from "./decisions";
import { incidents } from "./machine/incidents";
import { machineAnswer } from "./machine/machineAnswer";
import { waits } from "./machine/runs";
import { stockRows } from "./products";
import { people, sortedStock, younger } from "./records";
import { type Answer, ok, page, problem } from "./reply";
import { agent, clock, overview, productDetail, session, settings } from "./shop";

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
  return ok(decision);
}

const first = <Item>(items: readonly Item[]) => ({ count: items.length, items: items.slice(0, 5) });

/** What waits for a person. */
export function attention(): Attention {
  const found = {
    decisions: first(decisions.filter(({ status }) => status === "waiting")),
    approvals: first(waits.filter(({ kind }) => kind === "approval")),
    incidents: first(incidents.filter((one) => one.status === "escalated" && !one.acknowledged_by)),
  };
  return { total: found.decisions.count + found.approvals.count + found.incidents.count, ...found };
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

const agents = [agent, younger(agent)];

const asStopped = (one: AgentDetail): AgentDetail => ({ ...one, stopped: one.stopped || agent.all_stopped, all_stopped: agent.all_stopped });

function agentsAnswer(method: string, parts: string[], body: Record<string, unknown>): Answer {
  const [, name, verb] = parts;
  if (method === "POST" && (name === "stop" || name === "resume")) agent.all_stopped = name === "stop";
  if (!name || (method === "POST" && !verb)) return ok({ items: agents.map(asStopped), stopped: agent.all_stopped });
  const found = agents.find((one) => one.name === name);
  if (!found) return problem(404, "There is no such agent.", "");
  if (verb === "release") found.state = "running";
  if (method !== "PATCH") return ok(asStopped(found));
  if ("pin" in body) found.pinned = body.pin !== null;
  if ("cap" in body) found.cap = (body.cap ?? "full") as typeof found.cap;
  if (typeof body.stopped === "boolean") Object.assign(found, { stopped: body.stopped, state: body.stopped ? "stopped" : "running" });
  if (typeof body.level === "string") found.level = body.level as typeof found.level;
  for (const [guard, limit] of Object.entries((body.guardrails ?? {}) as Record<string, number>)) {
    if (limit > 1e6) return problem(422, `The limit of ${guard} must lie between 0 and its hard limit 1,000,000.`, "Choose a limit within the hard limit.");
    found.guardrails = found.guardrails.map((one) => (one.guard === guard ? { ...one, limit } : one));
  }
  return ok(found);
}

function settingsAnswer(method: string, body: Record<string, unknown>): Answer {
  if (method !== "PATCH") return ok(settings);
  const replenishment = (body.replenishment ?? {}) as Partial<typeof settings.replenishment>;
  if (replenishment.order_cost === 13) return problem(422, "order_cost: Input should be another number.", "Nothing was changed.");
  Object.assign(settings.shop, body.shop);
  Object.assign(settings.replenishment, replenishment);
  return ok(settings);
}

function peopleAnswer(method: string, id: number, body: Record<string, unknown>): Answer {
  if (method === "GET") return ok({ items: people, next_cursor: null, total: people.length });
  const at = people.findIndex((one) => one.id === id);
  if (method === "DELETE") return ok(people.splice(at, 1)[0]);
  const link = "http://localhost:5173/sign-in?token=made-up";
  if (method === "PATCH") return ok({ ...Object.assign(people[at] ?? {}, body), sign_in_link: body.new_link ? link : null });
  if (people.some(({ email }) => email === body.email)) return problem(409, `${String(body.email)} has an account already.`, "Change the existing account instead.");
  const added = { ...people[0], ...body, id: people.length + 1, has_password: false, last_sign_in_at: null } as (typeof people)[number];
  people.push(added);
  return ok({ ...added, sign_in_link: link });
}

function adjust(body: Record<string, unknown>): Answer {
  const row = stockRows.find((one) => one.product_id === body.product_id && one.location.id === body.location_id);
  if (!row) return problem(404, "There is no such place.", "");
  if (row.on_hand + Number(body.quantity) < 0) return problem(409, "Stock would fall below zero.", "Take away fewer pieces.");
  row.on_hand += Number(body.quantity);
  return ok(row);
}

export function answer(method: string, url: URL, body: Record<string, unknown>): Answer {
  const parts = url.pathname.replace("/api/v1/", "").split("/");
  const query = url.searchParams;
  switch (parts[0]) {
    case "auth":
      return parts[1] === "sign-in" && body.password === "wrong" ? problem(401, "Wrong password.", "") : ok(session);
    case "overview":
      return ok(overview);
    case "attention":
      return ok(attention());
    case "clock":
      return ok(Object.assign(clock, body));
    case "decisions":
      return decisionsAnswer(method, parts, query, body);
    case "agents":
      return agentsAnswer(method, parts, body);
    case "stock": {
      if (parts[1] === "adjust") return adjust(body);
      const [q, health] = [query.get("q")?.toLowerCase() ?? "", query.get("health")];
      const fits = stockRows.filter(
        (row) => (!health || row.health === health) && `${row.name.en} ${row.name.ko} ${row.sku}`.toLowerCase().includes(q),
      );
      return ok(page(sortedStock(fits, query.get("sort") ?? "sku"), query));
    }
    case "products": {
      const detail = productDetail(Number(parts[1]));
      return detail ? ok(detail) : problem(404, "There is no such product.", "");
    }
    case "settings":
      return settingsAnswer(method, body);
    case "people":
      return peopleAnswer(method, Number(parts[1]), body);
    case "orders":
    case "audit":
      return parts[1] ? ok({ ok: true, rows: 0, first_broken: null }) : ok({ items: [], next_cursor: null, total: 0 });
    default:
      return machineAnswer(method, parts, query, body) ?? problem(404, "There is no such address.", "");
  }
}

// The machine's part of the stand-in server: runs, waits, tasks, workers, executors, incidents, memory, self-test.
import type { Balancing, MemoryStrategy } from "../../src/api/machine";
import { type Answer, ok, page, problem } from "../reply";
import { breakers, incidents, playbooks } from "./incidents";
import { memory, relieve } from "./memory";
import { adaptations, iso, present, runDetails, runs, waits } from "./runs";
import { forecast, tasks } from "./tasks";
import { addWorker, executors, pool, selfTest } from "./workers";
import { definitions } from "./workflows";

type Body = Record<string, unknown>;
const asked = (query: URLSearchParams, name: string) => query.get(name)?.toLowerCase() ?? "";
const gone = () => problem(404, "There is no such thing.", "");

function changeRun(id: string, change: string, topic: string | undefined, body: Body): Answer {
  const run = runDetails.get(id);
  const row = runs.find((one) => one.id === id);
  if (!run || !row) return gone();
  if (change === "cancel") {
    if (!run.can.cancel) return problem(409, "This run has ended already.", "Look at its outcome.");
    const undo = body.undo === true;
    for (const one of [run, row]) Object.assign(one, { status: undo ? "failed" : "cancelled", ended_at: iso(present), estimate: null });
    run.can = { cancel: false, undo: false, resume: !undo, restart: true };
  } else if (change === "resume") for (const one of [run, row]) Object.assign(one, { status: "running", error: null, ended_at: null });
  else if (change === "restart") return ok({ ...run, id: "run-00001" });
  else if (change === "signals") {
    const at = waits.findIndex((wait) => wait.run_id === id && wait.topic === topic);
    if (at < 0) return problem(409, "Nothing waits for this any more.", "Look at the run.");
    waits.splice(at, 1);
    const step = run.steps.find(({ name }) => name === topic);
    const approved = (body.payload as Body | undefined)?.approved === true;
    if (step) Object.assign(step, { status: approved ? "succeeded" : "failed", wait: null, ended_at: iso(present), output: body.payload });
    for (const one of [run, row]) one.status = approved ? "running" : "failed";
  }
  return ok(run);
}

function workflowsAnswer(method: string, [id, change, topic]: string[], query: URLSearchParams, body: Body): Answer {
  if (id === "definitions") return ok({ items: definitions });
  if (id && method === "POST") return changeRun(id, change ?? "", topic, body);
  if (id) return runDetails.has(id) ? ok(runDetails.get(id)) : gone();
  const [status, name, q] = [query.getAll("status"), query.get("name"), asked(query, "q")];
  return ok(page(runs.filter((run) => (!status.length || status.includes(run.status)) && (!name || run.workflow === name) && `${run.id} ${run.workflow} ${run.error ?? ""}`.includes(q)), query));
}

function tasksAnswer(method: string, [id, change]: string[], query: URLSearchParams, body: Body): Answer {
  if (id === "forecast") return ok(forecast());
  if (!id && method === "POST") return ok({ ...tasks[0], workflow: body.workflow });
  if (id) {
    const task = tasks.find((one) => one.id === id);
    if (!task) return gone();
    if (change === "cancel") task.status = "cancelled";
    else if (method === "PATCH") {
      if (typeof body.value === "number") task.value = body.value;
      if ("deadline" in body) task.deadline = body.deadline as string | null;
      if (typeof body.boost === "number") {
        task.priority += body.boost - task.boost;
        task.boost = body.boost;
      }
    }
    return ok(task);
  }
  const [status, kind, q] = [query.getAll("status"), query.get("kind"), asked(query, "q")];
  return ok(page(tasks.filter((task) => (!status.length || status.includes(task.status)) && (!kind || task.kind === kind) && `${task.id} ${task.kind} ${task.workflow}`.includes(q)), query));
}

function workersAnswer(method: string, name: string | undefined, body: Body): Answer {
  if (method === "POST") addWorker(Number(body.slots));
  if (method === "PATCH") pool.balancing = body.balancing as Balancing;
  if (method === "DELETE") {
    const worker = pool.items.find((one) => one.name === name);
    if (!worker) return gone();
    Object.assign(worker, { state: "retired", running: 0 });
  }
  return ok(pool);
}

function executorsAnswer(id: string | undefined): Answer {
  if (!id) return ok({ items: executors, next_cursor: null, total: executors.length });
  const executor = executors.find((one) => one.id === id);
  return executor ? ok(Object.assign(executor, { state: "draining" })) : gone();
}

function incidentsAnswer([id, verdict]: string[], query: URLSearchParams): Answer {
  if (!id) {
    const [status, q] = [query.getAll("status"), asked(query, "q")];
    return ok(page(incidents.filter((one) => (!status.length || status.includes(one.status)) && `${one.id} ${one.component} ${one.title.en} ${one.title.ko}`.toLowerCase().includes(q)), query));
  }
  const incident = incidents.find((one) => one.id === id);
  if (!incident) return gone();
  if (verdict) incident.acknowledged_by ??= "owner@example.com";
  if (verdict === "resolve") Object.assign(incident, { status: "resolved", resolved_at: iso(Date.now()) });
  return ok(incident);
}

function memoryAnswer(change: string | undefined, body: Body): Answer {
  if (change === "relieve") return ok(relieve());
  if (change === "strategy") memory.strategy = body.strategy as MemoryStrategy;
  if (change === "monitoring") Object.assign(memory, { monitoring: body.on === true, tracing: body.tracing ?? memory.tracing });
  return ok(memory);
}

/** Answers what belongs to the machine; nothing for other addresses. */
export function machineAnswer(method: string, [noun, ...parts]: string[], query: URLSearchParams, body: Body): Answer | null {
  switch (noun) {
    case "workflows":
      return workflowsAnswer(method, parts, query, body);
    case "waits":
      return ok({ items: waits, next_cursor: null, total: waits.length });
    case "adaptations":
      for (const one of adaptations) if (one.id === parts[0]) one.state = "reverted";
      return ok(page(adaptations, query));
    case "tasks":
      return tasksAnswer(method, parts, query, body);
    case "workers":
      return workersAnswer(method, parts[0], body);
    case "executors":
      return executorsAnswer(parts[0]);
    case "incidents":
      return incidentsAnswer(parts, query);
    case "breakers":
      for (const one of breakers) if (one.name === decodeURIComponent(parts[0] ?? "")) Object.assign(one, { state: "closed", failures: 0, opened_at: null, retry_at: null });
      return ok({ items: breakers, next_cursor: null, total: breakers.length });
    case "playbooks":
      return ok({ items: playbooks, next_cursor: null, total: playbooks.length });
    case "memory":
      return memoryAnswer(parts[0], body);
    case "self-test":
      return ok(selfTest);
    default:
      return null;
  }
}

// The shapes of the machine: runs and their steps, tasks, executors, workers, incidents and memory.
import type { Words } from "./types";

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "stuck";
export type StepStatus = "pending" | "running" | "waiting" | "succeeded" | "failed" | "skipped" | "undone" | "undo_failed";
export type StepKind = "step" | "map" | "workflow" | "approval" | "event" | "timer";

/** How far something counted has come. */
export interface Progress {
  done: number;
  total: number;
}
/** Seconds, with the interval that holds four of five. */
export interface Seconds {
  mean: number;
  low: number;
  high: number;
}

export interface Run {
  id: string;
  workflow: string;
  version: string;
  status: RunStatus;
  started_at: string | null;
  ended_at: string | null;
  error: string | null;
  executor: string | null;
  progress: Progress;
  estimate: { ends_at: string; low: string; high: string } | null;
  parent_id: string | null;
}

export interface Attempt {
  started_at: string;
  ended_at: string | null;
  seconds: number | null;
  error: string | null;
}

export interface Step {
  name: string;
  parents: string[];
  kind: StepKind;
  status: StepStatus;
  started_at: string | null;
  ended_at: string | null;
  attempts: Attempt[];
  error: string | null;
  inputs: unknown;
  output: unknown;
  where: "here" | "worker";
  worker: string | null;
  estimate_s: Seconds | null;
  progress: Progress | null;
  wait: { kind: string; topic: string; until: string | null } | null;
  child_run_id: string | null;
  failure_probability: number | null;
}

export interface RunDetail extends Run {
  inputs: unknown;
  steps: Step[];
  critical_path: string[];
  bottleneck: { step: string; words: Words } | null;
  adaptations: { at: string; step: string; what: Words; kept: boolean }[];
  can: { cancel: boolean; resume: boolean; restart: boolean };
}

export interface Definition {
  name: string;
  versions: string[];
  steps: {
    name: string;
    parents: string[];
    kind: StepKind;
    where: string;
    resources: Record<string, number>;
    retries: number;
    timeout_s: number | null;
    undo: boolean;
    conditional: boolean;
  }[];
  counts: Partial<Record<RunStatus, number>>;
}

export interface Wait {
  run_id: string;
  step: string;
  kind: string;
  topic: string;
  since: string;
  until: string | null;
  words: Words;
}

export interface Adaptation {
  id: string;
  workflow: string;
  step: string;
  what: Words;
  at: string;
  before: number | null;
  after: number | null;
  gain: number | null;
  state: "trial" | "kept" | "reverted";
}

export interface Executor {
  id: string;
  host: string;
  pid: number;
  state: "live" | "draining" | "lost" | "gone";
  started_at: string;
  heartbeat_at: string;
  runs: number;
  workflows: string[];
  taken_over_by: string | null;
}

export type Balancing = "round_robin" | "least_connections" | "load" | "learned";

export interface Worker {
  name: string;
  address: string;
  kind: "thread" | "process" | "dask";
  state: "idle" | "busy" | "lost" | "retired";
  slots: number;
  running: number;
  done: number;
  failed: number;
  cpu_percent: number | null;
  memory_bytes: number | null;
  memory_limit_bytes: number | null;
  speed: number | null;
  resources: Record<string, number>;
  joined_at: string;
  seen_at: string;
}

export interface Shortage {
  at: string;
  needed: number;
  available: number;
  words: Words;
}

export interface Heat {
  minutes: string[];
  rows: { worker: string; busy: number[] }[];
}

export interface WorkerPool {
  items: Worker[];
  balancing: Balancing;
  heat: Heat;
  shortage: Shortage | null;
}

export type TaskStatus = "waiting" | "admitted" | "done" | "failed" | "cancelled";

export interface Factor {
  name: string;
  value: number;
  weight: number;
  contribution: number;
  words: Words;
}

export interface Task {
  id: string;
  kind: string;
  workflow: string;
  status: TaskStatus;
  priority: number;
  factors: Factor[];
  explanation: Words;
  deadline: string | null;
  value: number | null;
  submitted_at: string;
  admitted_at: string | null;
  ended_at: string | null;
  run_id: string | null;
  estimate_s: Seconds | null;
  ends: { at: string; low: string; high: string } | null;
  age_s: number;
}

export interface TaskForecast {
  backlog_s: number;
  workers: number;
  shortage: Shortage | null;
  bottleneck: { step: string; words: Words } | null;
  proposed_order: string[];
  gain_s: number;
}

export type IncidentStatus = "open" | "recovering" | "resolved" | "escalated";
export type Severity = "low" | "medium" | "high" | "critical";

export interface Incident {
  id: string;
  title: Words;
  status: IncidentStatus;
  severity: Severity;
  component: string;
  started_at: string;
  resolved_at: string | null;
  layer: number | null;
  cause: Words | null;
  recovery_s: number | null;
}

export interface IncidentDetail extends Incident {
  symptoms: { name: string; value: number; normal: number; at: string }[];
  causes: { component: string; probability: number; evidence: Words[] }[];
  timeline: { at: string; kind: string; words: Words }[];
  actions: { action: string; layer: number; started_at: string; ended_at: string | null; outcome: string }[];
  acknowledged_by: string | null;
}

export interface Breaker {
  name: string;
  state: "closed" | "open" | "half_open";
  failures: number;
  opened_at: string | null;
  retry_at: string | null;
}

export interface Playbook {
  incident_kind: string;
  actions: { action: string; tries: number; successes: number; mean_recovery_s: number | null; probability_best: number }[];
}

export type Pressure = "low" | "medium" | "high" | "critical";
export type MemoryStrategy = "conservative" | "balanced" | "aggressive";

export interface Memory {
  at: string;
  rss_bytes: number;
  limit_bytes: number;
  percent: number;
  pressure: Pressure;
  strategy: MemoryStrategy;
  monitoring: boolean;
  tracing: boolean;
  history: { at: string; rss_bytes: number; percent: number }[];
  top: { where: string; bytes: number; count: number }[];
  gc: { counts: number[]; collections: number[] };
  pools: { name: string; items: number; bytes: number; hits: number; misses: number }[];
  caches: { name: string; items: number; bytes: number; limit_bytes: number; hits: number; misses: number; evictions: number }[];
  actions: { at: string; words: Words; freed_bytes: number }[];
}

export interface SelfTest {
  ok: boolean;
  checks: { name: string; ok: boolean; seconds: number; words: Words }[];
}

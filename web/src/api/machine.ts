// The shapes of the machine: runs and their steps, tasks, executors, workers, incidents and memory.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Progress = Schemas["ProgressView"];
export type Run = Schemas["RunView"];
export type RunStatus = Run["status"];
export type Step = Schemas["StepView"];
export type StepStatus = Step["status"];
export type StepKind = Step["kind"];
export type RunDetail = Schemas["RunDetailView"];
export type Definition = Schemas["DefinitionView"];
export type Wait = Schemas["WaitView"];
export type Adaptation = Schemas["AdaptationView"];

export type Executor = Schemas["ExecutorView"];
export type Worker = Schemas["WorkerView"];
export type WorkerPool = Schemas["WorkersView"];
export type Balancing = WorkerPool["balancing"];
export type Heat = Schemas["HeatView"];
export type SelfTest = Schemas["SelfTestView"];

export type Task = Schemas["TaskView"];
export type TaskStatus = Task["status"];
export type Factor = Schemas["FactorView"];
export type TaskForecast = Schemas["TaskForecastView"];

export type Incident = Schemas["IncidentView"];
export type IncidentStatus = Incident["status"];
export type Severity = Incident["severity"];
export type IncidentDetail = Schemas["IncidentDetailView"];
export type Tried = IncidentDetail["actions"][number];
export type Layer = Tried["layer"];
export type Breaker = Schemas["BreakerView"];
export type Playbook = Schemas["PlaybookView"];

export type Memory = Schemas["MemoryView"];
export type Pressure = Memory["pressure"];
export type MemoryStrategy = Memory["strategy"];

// The shapes that the server sends and takes, by the names of the HTTP API.
export type Language = "ko" | "en";
export type Words = Readonly<Record<Language, string>>;
export type Role = "owner" | "manager" | "analyst" | "viewer";
export type Level = "shadow" | "advise" | "bounded" | "full";
export type Status =
  | "proposed" | "shadowed" | "waiting" | "approved" | "rejected" | "expired"
  | "blocked" | "executing" | "executed" | "failed" | "undone" | "measured";
export type Health = "healthy" | "low" | "out" | "overstock";

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
  total: number;
}
export interface Person {
  id: string | number;
  email: string;
  name: string;
  role: Role;
  language: Language;
  has_password?: boolean;
}
/** A person in the owners' list. */
export interface PersonRow extends Person {
  id: number;
  has_password: boolean;
  created_at: string;
  last_sign_in_at: string | null;
}
/** A person with the link to hand to them; null where none was made. */
export interface Invited extends PersonRow {
  sign_in_link: string | null;
}
export interface Session {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
  person: Person;
}
export interface Effect {
  mean: number;
  low: number;
  high: number;
  level: number;
  unit: string;
  horizon_days: number;
}
export interface Measured {
  gain: number;
  covered: boolean;
  method: string;
  at: string;
}
export interface Subject {
  kind: string;
  id: string;
  label: Words;
}
export interface DecisionSummary {
  id: string;
  agent: string;
  created_at: string;
  subject: Subject;
  summary: Words;
  status: Status;
  /** The autonomy level when it was allowed; empty before. */
  level: Level | "";
  allowed_by: string;
  predicted: Effect;
  measured: Measured | null;
}
export interface Action {
  kind: string;
  params: Record<string, unknown>;
  summary: Words;
}
export interface GuardResult {
  guard: string;
  verdict: "pass" | "ask" | "block";
  words: Words;
  value: number | null;
  limit: number | null;
}
export interface HistoryPoint {
  date: string;
  value: number;
  in_stock?: boolean;
}
export interface BandPoint {
  date: string;
  mean: number;
  low: number;
  high: number;
}
export interface Evidence {
  history?: HistoryPoint[];
  forecast?: BandPoint[];
  stock_on_hand?: number;
  on_order?: number;
  target?: number;
  review_days?: number;
  lead_time_days?: { mean: number; low: number; high: number };
  unit_cost?: number;
  price?: number;
  [more: string]: unknown;
}
export interface TimelineEntry {
  at: string;
  event: string;
  actor: string;
  words: Words;
}
export interface Decision extends DecisionSummary {
  action: Action;
  baseline: Action;
  reason: Words;
  evidence: Evidence;
  forecast_version: string;
  guards: GuardResult[];
  decided_at: string | null;
  executed_at: string | null;
  outcome: Record<string, unknown>;
  timeline: TimelineEntry[];
  can: { approve: boolean; reject: boolean; undo: boolean };
}
export interface ClockState {
  now: string;
  mode: "real" | "accelerated" | "virtual";
  speed: number;
  paused: boolean;
  seconds_per_day: number;
}
export interface AgentSummary {
  name: string;
  title: Words;
  pack: string;
  level: Level;
  /** The highest level that a person allows; "full" where nobody capped it. */
  cap: Level;
  pinned: boolean;
  stopped: boolean;
  state: string;
  decisions: number;
  waiting: number;
  gain_total: number;
  coverage: number | null;
  evidence: { points: number; gain_points: number; calibration_points: number; towards: Level | null; words: Words };
  last_cycle_at: string | null;
  next_cycle_at: string | null;
}
export interface AgentDetail extends AgentSummary {
  purpose: Words;
  history: { at: string; kind: string; from: Level; to: Level; cause: Words; actor: string }[];
  gains: { cycle: string; at: string; gain: number; normalised: number; covered_share: number }[];
  guardrails: { guard: string; limit: number | null; unit: string; words: Words }[];
  max_loss_per_cycle: number;
}
export interface Overview {
  shop: { name: string; currency: string; simulated: boolean; started_at: string };
  clock: ClockState;
  worth: {
    /** The interval is null before there are enough whole weeks. */
    gain: { mean: number; low: number | null; high: number | null; unit: string };
    method: string;
    since: string | null;
    decisions_measured: number;
    weeks: number;
    confidence: Words;
    series: { date: string; with_agents: number; without_agents: number }[];
  };
  did: {
    executed: number;
    shadowed: number;
    blocked: number;
    approved_by_person: number;
    by_day: { date: string; count: number }[];
  };
  needs_you: { waiting: number; items: DecisionSummary[] };
  stock: {
    products: number;
    places: number;
    healthy: number;
    low: number;
    out: number;
    overstock: number;
    value: number;
    on_order_value: number;
    fill_rate: number | null;
  };
  agents: AgentSummary[];
  recent: DecisionSummary[];
}
export interface Supplier {
  id: number;
  name: string;
}
export interface Location {
  id: number;
  code: string;
  name: string;
}
export interface StockRow {
  product_id: number;
  sku: string;
  name: Words;
  category: string;
  location: Location;
  on_hand: number;
  on_order: number;
  available: number;
  days_of_cover: number | null;
  health: Health;
  target: number | null;
  value: number;
  sold_28d: number;
  supplier: Supplier | null;
}
export interface PurchaseOrder {
  id: number;
  number: string;
  supplier: Supplier;
  location: Location;
  status: "draft" | "approved" | "sent" | "received" | "cancelled";
  created_at: string;
  expected_at: string | null;
  received_at: string | null;
  lines: {
    product_id: number;
    sku: string;
    name: Words;
    quantity: number;
    received: number;
    unit_cost: number;
  }[];
  total: number;
  decision_ids: string[];
}
export interface SoldDay {
  date: string;
  sold: number;
  stock_end: number | null;
  in_stock: boolean;
  /** What a piece brought on average; null on days without a sale. */
  price: number | null;
}
export interface Movement {
  at: string;
  kind: string;
  quantity: number;
  balance: number;
  reference: string;
}
export interface ProductDetail {
  product: {
    id: number;
    sku: string;
    name: Words;
    category: string;
    price: number;
    unit_cost: number;
    active: boolean;
    supplier: Supplier | null;
  };
  locations: StockRow[];
  /** Every day of the last half year, all locations together. */
  history: SoldDay[];
  /** The forecast behind the latest decision; `subject` is the place it was made for. */
  forecast: { version: string; level: number; subject: string; items: BandPoint[] } | null;
  orders: PurchaseOrder[];
  decisions: DecisionSummary[];
  movements: Movement[];
}
/** What keeping, ordering and missing a piece costs, and how far one review may go. */
export interface Replenishment {
  holding_cost_pct_week: number;
  order_cost: number;
  salvage_share: number;
  review_days: number;
  review_weekday: number;
  budget_per_review: number;
  ask_above: number;
  largest_cover_days: number;
  orders_per_review: number;
  largest_mean_loss: number;
  baseline: "reorder_point" | "deliveries_times_factor";
  holdout_share: number;
}
export interface ShopSettings {
  shop: { name: string; currency: string; language: Language };
  replenishment: Replenishment;
  clock: { mode: ClockState["mode"]; seconds_per_day: number };
  server: { version: string };
}
export interface AuditRow {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
  hash: string;
}
export interface BulkResult {
  done: string[];
  failed: { id: string; detail: string }[];
}

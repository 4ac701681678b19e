// The shapes that the server sends, by the words of the product; taken from the API's own description (schema.d.ts).
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Language = "ko" | "en";
export type Words = Readonly<Record<Language, string>>;
export type Status = Schemas["DecisionSummaryView"]["status"];
export type Level = Schemas["AgentSummaryView"]["level"];
export type Health = Schemas["StockRowView"]["health"];
export type Role = Schemas["PersonView"]["role"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
  total: number;
}

export type Person = Schemas["PersonView"];
export type PersonRow = Schemas["PersonRow"];
export type Invited = Schemas["Invited"];
export type Session = Schemas["SignedInView"];

export type Effect = Schemas["EffectView"];
export type Measured = Schemas["MeasuredView"];
export type Subject = Schemas["SubjectView"];
export type Action = Schemas["ActionView"];
export type GuardResult = Schemas["GuardResultView"];
export type TimelineEntry = Schemas["TimelineView"];
export type DecisionSummary = Schemas["DecisionSummaryView"];

export interface HistoryPoint {
  date: string;
  value: number;
  in_stock?: boolean;
}
export type BandPoint = Schemas["ForecastDayView"];

/** What an agent saw; each pack fills in what it has. */
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
export type Decision = Omit<Schemas["DecisionView"], "evidence"> & { evidence: Evidence };

export type ClockState = Schemas["ClockView"];
export type AgentSummary = Schemas["AgentSummaryView"];
export type AgentDetail = Schemas["AgentView"];
export type AgentList = Schemas["AgentList"];
export type Overview = Schemas["OverviewView"];
export type Attention = Schemas["AttentionView"];

export type Supplier = Schemas["SupplierView"];
export type Location = Schemas["PlaceView"];
export type StockRow = Schemas["StockRowView"];
export type PurchaseOrder = Schemas["OrderView"];
export type SoldDay = Schemas["SoldDayView"];
export type Movement = Schemas["MovementView"];
export type ProductDetail = Schemas["ProductPageView"];

export type ShopSettings = Schemas["SettingsView"];
export type Replenishment = Schemas["RetailSettings"];
export type AuditRow = Schemas["AuditEntryView"];
export type BulkResult = Schemas["ManyDone"];

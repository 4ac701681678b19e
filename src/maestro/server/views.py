"""Views: the shapes of what the API sends, where several routes send the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

Level = Literal["shadow", "advise", "bounded", "full"]
StatusWord = Literal[
    "proposed",
    "shadowed",
    "waiting",
    "approved",
    "rejected",
    "expired",
    "blocked",
    "executing",
    "executed",
    "failed",
    "undone",
    "measured",
]
HealthWord = Literal["out", "low", "overstock", "healthy"]


class Words(BaseModel):
    """A sentence in both languages."""

    en: str
    ko: str


class SubjectView(BaseModel):
    """What a decision is about."""

    kind: str
    id: str
    label: Words


class EffectView(BaseModel):
    """The predicted gain over the baseline, with the interval that holds `level` of the outcomes."""

    mean: float
    low: float
    high: float
    level: float
    unit: str
    horizon_days: float


class MeasuredView(BaseModel):
    """The realised gain over the baseline."""

    gain: float
    covered: bool
    method: str
    at: datetime


class DecisionSummaryView(BaseModel):
    """A decision as one line of a list."""

    id: str
    agent: str
    created_at: datetime
    subject: SubjectView
    summary: Words
    status: StatusWord
    level: Level | Literal[""]
    allowed_by: str
    predicted: EffectView
    measured: MeasuredView | None


class EvidenceView(BaseModel):
    """How much of its next level an agent has proved, in points and in words."""

    points: float
    gain_points: float
    calibration_points: float
    towards: Level | None
    words: Words


class AgentSummaryView(BaseModel):
    """An agent as one line of a list."""

    name: str
    title: Words
    pack: str
    level: Level
    cap: Level
    pinned: bool
    stopped: bool
    state: str
    decisions: int
    waiting: int
    gain_mean: float | None
    coverage: float | None
    evidence: EvidenceView
    last_cycle_at: datetime | None
    next_cycle_at: datetime | None


class PlaceView(BaseModel):
    """A location that keeps stock."""

    id: int
    code: str
    name: str


class SupplierView(BaseModel):
    """Who delivers."""

    id: int
    name: str


class StockRowView(BaseModel):
    """One product at one location."""

    product_id: int
    sku: str
    name: Words
    category: str
    location: PlaceView
    on_hand: int
    on_order: int
    available: int
    days_of_cover: float | None
    health: HealthWord
    target: int | None
    value: float
    sold_28d: int
    supplier: SupplierView | None


class OrderLineView(BaseModel):
    """A product on a purchase order."""

    product_id: int
    sku: str
    name: Words
    quantity: int
    received: int
    unit_cost: float


class OrderView(BaseModel):
    """An order to a supplier."""

    id: int
    number: str
    supplier: SupplierView
    location: PlaceView
    status: Literal["draft", "approved", "sent", "received", "cancelled"]
    created_at: datetime
    expected_at: datetime | None
    received_at: datetime | None
    lines: list[OrderLineView]
    total: float
    decision_ids: list[str]


class MovementView(BaseModel):
    """One line of the stock ledger."""

    at: datetime
    kind: str
    quantity: int
    balance: int
    reference: str


class ForecastDayView(BaseModel):
    """A day of a forecast with its interval."""

    date: date
    mean: float
    low: float
    high: float


class TimelineView(BaseModel):
    """One event in the life of a decision."""

    at: datetime
    event: str
    actor: str
    words: Words


class ActionView(BaseModel):
    """What is done, or what the baseline would have done."""

    kind: str
    params: dict[str, Any]
    summary: Words


class GuardResultView(BaseModel):
    """What one guardrail said."""

    guard: str
    verdict: Literal["pass", "ask", "block"]
    words: Words
    value: float | None
    limit: float | None


class CanView(BaseModel):
    """What a manager may do with a decision now."""

    approve: bool
    reject: bool
    undo: bool


class DecisionView(DecisionSummaryView):
    """A decision with everything known about it."""

    pack: str
    cycle: str
    action: ActionView
    baseline: ActionView
    reason: Words
    evidence: dict[str, Any]
    forecast_version: str
    guards: list[GuardResultView]
    decided_at: datetime | None
    executed_at: datetime | None
    outcome: dict[str, Any]
    timeline: list[TimelineView]
    can: CanView

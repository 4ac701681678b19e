"""Decision tables: a slim row to filter and sort, a body read only on the decision's own page, a timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from maestro.database import Base


class DecisionRow(Base):
    """What lists, counts and totals need of a decision; kept slim so that 100,000 of them scan quickly."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("agent", "cycle", "subject_kind", "subject_id", name="uq_decisions_once"),
        Index("ix_decisions_status", "status", "id"),
        Index("ix_decisions_agent_status", "agent", "status", "id"),
        Index("ix_decisions_subject", "subject_id", "id"),
        Index("ix_decisions_executed_on", "executed_on"),
        Index("ix_decisions_measured_on", "measured_on", "gain"),
    )

    id: Mapped[str] = mapped_column(String(28), primary_key=True)
    agent: Mapped[str] = mapped_column(String(100))
    pack: Mapped[str] = mapped_column(String(100))
    cycle: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    subject_kind: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[str] = mapped_column(String(200))
    subject_label: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    search: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(20))
    allowed_by: Mapped[str] = mapped_column(String(320))
    cost: Mapped[float]
    predicted_mean: Mapped[float]
    predicted: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    executed_on: Mapped[date | None] = mapped_column(Date)
    gain: Mapped[float | None]
    covered: Mapped[bool | None]
    method: Mapped[str] = mapped_column(String(50))
    measured_at: Mapped[datetime | None]
    measured_on: Mapped[date | None] = mapped_column(Date)


class DecisionBodyRow(Base):
    """The heavy part of a decision: what was done instead of what, why, on which evidence, under which guards."""

    __tablename__ = "decision_bodies"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True)
    action: Mapped[dict[str, Any]]
    baseline: Mapped[dict[str, Any]]
    reason: Mapped[dict[str, Any]]
    evidence: Mapped[dict[str, Any]]
    forecast_version: Mapped[str] = mapped_column(String(200))
    guards: Mapped[list[Any]]
    outcome: Mapped[dict[str, Any]]


class DecisionEventRow(Base):
    """One line of a decision's timeline."""

    __tablename__ = "decision_events"
    __table_args__ = (Index("ix_decision_events_decision", "decision_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(50))
    actor: Mapped[str] = mapped_column(String(320))
    words: Mapped[dict[str, Any]]


class CycleRow(Base):
    """One cycle of an agent: the largest loss fixed when it began, and the one observation it ends in."""

    __tablename__ = "decision_cycles"

    agent: Mapped[str] = mapped_column(String(100), primary_key=True)
    cycle: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime]
    proposed: Mapped[int]
    max_loss: Mapped[float]
    measured: Mapped[int]
    covered: Mapped[int]
    gain_sum: Mapped[float]
    normalised: Mapped[float | None]
    settled_at: Mapped[datetime | None]

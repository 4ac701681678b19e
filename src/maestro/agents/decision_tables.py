"""Decision tables: a slim row to filter and sort, a body read only on the decision's own page, a timeline."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from maestro.agents.decision import (
    Action,
    Decision,
    DecisionSummary,
    Effect,
    GuardResult,
    Measured,
    Status,
    Subject,
)
from maestro.database import Base
from maestro.errors import InputError


class DecisionRow(Base):
    """What lists, counts and totals need of a decision; kept slim so that 100,000 of them scan quickly."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("agent", "cycle", "subject_kind", "subject_id", name="uq_decisions_once"),
        Index("ix_decisions_status", "status", "id"),
        Index("ix_decisions_agent", "agent", "id"),
        Index("ix_decisions_agent_status", "agent", "status", "id"),
        Index("ix_decisions_agent_decided", "agent", "decided_at"),
        Index("ix_decisions_agent_subject", "agent", "subject_id", "decided_at"),
        Index("ix_decisions_created_at", "created_at"),
        Index("ix_decisions_allowed_by", "allowed_by"),
        Index("ix_decisions_subject", "subject_id", "id"),
        Index("ix_decisions_executed_on", "executed_on", "agent"),
        Index("ix_decisions_measured_on", "measured_on", "agent", "allowed_by", "gain"),
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
    measure_until: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    executed_on: Mapped[date | None] = mapped_column(Date)
    gain: Mapped[float | None]
    covered: Mapped[bool | None]
    method: Mapped[str] = mapped_column(String(50))
    measured_at: Mapped[datetime | None]
    measured_on: Mapped[date | None] = mapped_column(Date)


class DecisionBodyRow(Base):
    """The heavy part of a decision: what, instead of what, why, on which evidence, under which guards."""

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
    """One cycle of an agent: the largest loss fixed when it began, and the one observation it ends in.

    `measured`, `covered` and `gain` count every measured decision, shadowed ones too; `acted` and `earned`
    only those that were executed.
    """

    __tablename__ = "decision_cycles"

    agent: Mapped[str] = mapped_column(String(100), primary_key=True)
    cycle: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime]
    proposed: Mapped[int]
    max_loss: Mapped[float]
    measured: Mapped[int]
    covered: Mapped[int]
    gain: Mapped[float]
    acted: Mapped[int]
    earned: Mapped[float]
    normalised: Mapped[float | None]
    settled_at: Mapped[datetime | None]


def _plain(decision: Decision, name: str, value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The {name} of decision {decision.id} on {decision.subject.id} is not plain JSON: {error}.",
            remedy="Give numbers, texts, lists and dictionaries; write moments as text and leave NaN out.",
        ) from error
    return value


CHANGING = (
    "status",
    "level",
    "allowed_by",
    "measure_until",
    "decided_at",
    "executed_at",
    "executed_on",
    "gain",
    "covered",
    "method",
    "measured_at",
    "measured_on",
)
"""Columns of the slim row that a later version of a decision may change."""


def row_values(decision: Decision) -> dict[str, Any]:
    """The slim row of a new decision."""
    words = [decision.id, decision.subject.id, *decision.subject.label.values()]
    cost = decision.action.cost
    return {
        "id": decision.id,
        "agent": decision.agent,
        "pack": decision.pack,
        "cycle": decision.cycle,
        "created_at": decision.created_at,
        "subject_kind": decision.subject.kind,
        "subject_id": decision.subject.id,
        "subject_label": dict(decision.subject.label),
        "summary": dict(decision.action.summary),
        "search": " ".join([*words, *decision.action.summary.values()]).lower(),
        "cost": 0.0 if math.isnan(cost) else cost,
        "predicted_mean": decision.predicted.mean,
        "predicted": asdict(decision.predicted),
    } | changing_values(decision)


def changing_values(decision: Decision) -> dict[str, Any]:
    """The columns of the slim row that a later version may change."""
    measured = decision.measured
    return {
        "status": str(decision.status),
        "level": decision.level,
        "allowed_by": decision.allowed_by,
        "measure_until": decision.measure_until,
        "decided_at": decision.decided_at,
        "executed_at": decision.executed_at,
        "executed_on": decision.executed_at.date() if decision.executed_at else None,
        "gain": measured.gain if measured else None,
        "covered": measured.covered if measured else None,
        "method": measured.method if measured else "",
        "measured_at": measured.at if measured else None,
        "measured_on": measured.at.date() if measured else None,
    }


def body_values(decision: Decision) -> dict[str, Any]:
    """The body row of a new decision.

    Raises:
        InputError: something in it is not plain JSON, such as NaN.
    """
    return {
        "decision_id": decision.id,
        "action": _plain(decision, "action", asdict(decision.action)),
        "baseline": _plain(decision, "baseline", asdict(decision.baseline)),
        "reason": dict(decision.reason),
        "evidence": _plain(decision, "evidence", dict(decision.evidence)),
        "forecast_version": decision.forecast_version,
        "guards": [asdict(result) for result in decision.guards],
        "outcome": _plain(decision, "outcome", dict(decision.outcome)),
    }


def summary_of(row: DecisionRow) -> DecisionSummary:
    """A line of a list."""
    return DecisionSummary(
        id=row.id,
        agent=row.agent,
        created_at=row.created_at,
        subject=Subject(row.subject_kind, row.subject_id, row.subject_label),
        summary=row.summary,
        status=Status(row.status),
        level=row.level,
        allowed_by=row.allowed_by,
        predicted=Effect(**row.predicted),
        measured=_measured(row),
    )


def _measured(row: DecisionRow) -> Measured | None:
    if row.measured_at is None or row.gain is None:
        return None
    return Measured(row.gain, bool(row.covered), row.method, row.measured_at)


def decision_of(row: DecisionRow, body: DecisionBodyRow) -> Decision:
    """The whole decision."""
    return Decision(
        id=row.id,
        agent=row.agent,
        pack=row.pack,
        cycle=row.cycle,
        created_at=row.created_at,
        subject=Subject(row.subject_kind, row.subject_id, row.subject_label),
        action=Action(**body.action),
        baseline=Action(**body.baseline),
        reason=body.reason,
        evidence=body.evidence,
        forecast_version=body.forecast_version,
        predicted=Effect(**row.predicted),
        guards=tuple(GuardResult(**result) for result in body.guards),
        level=row.level,
        allowed_by=row.allowed_by,
        status=Status(row.status),
        decided_at=row.decided_at,
        executed_at=row.executed_at,
        outcome=body.outcome,
        measured=_measured(row),
    )

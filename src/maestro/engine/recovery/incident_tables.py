"""Incident tables: incidents, what happened during each, and the actions that were tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from maestro.engine.tables import EngineBase


class IncidentRow(EngineBase):
    """One incident. `open_key` is its component and kind while it is open, so that there is one at a time."""

    __tablename__ = "engine_incidents"
    __table_args__ = (Index("ix_engine_incidents_status_started_at", "status", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    component: Mapped[str]
    open_key: Mapped[str | None] = mapped_column(unique=True)
    title: Mapped[dict[str, Any]]
    status: Mapped[str]
    severity: Mapped[str]
    started_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    layer: Mapped[str]
    recovery_s: Mapped[float | None]
    symptoms: Mapped[list[Any]]
    causes: Mapped[list[Any]]
    acknowledged_by: Mapped[str | None]
    note: Mapped[str]
    owner: Mapped[str]
    owned_until: Mapped[datetime | None]


class IncidentEventRow(EngineBase):
    """Something that happened during an incident, as a sentence in each language."""

    __tablename__ = "engine_incident_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("engine_incidents.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    words: Mapped[dict[str, Any]]


class IncidentActionRow(EngineBase):
    """An action that was tried, and what came of it."""

    __tablename__ = "engine_incident_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("engine_incidents.id"), index=True)
    action: Mapped[str]
    target: Mapped[str]
    layer: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]

"""Tables of the backlog: tasks, which needs which, how long their runs waited, and weights of priorities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Float, Index, Select, String, Table, Text, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from maestro.engine.tables import EngineBase


class TaskRow(EngineBase):
    """One run of a workflow that somebody asked for."""

    __tablename__ = "engine_tasks"
    __table_args__ = (
        Index("ix_engine_tasks_status", "status", "submitted_at", "id"),
        Index("ix_engine_tasks_submitted", "submitted_at", "id"),
        Index("ix_engine_tasks_ended", "status", "ended_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(200), index=True)
    workflow: Mapped[str] = mapped_column(String(200))
    inputs: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    deadline: Mapped[datetime | None]
    value: Mapped[float] = mapped_column(Float)
    boost: Mapped[float] = mapped_column(Float)
    features: Mapped[dict[str, Any]]
    resources: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    admitted_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text)
    foreseen: Mapped[dict[str, Any] | None]


class LinkRow(EngineBase):
    """One task needs another to be done first."""

    __tablename__ = "engine_task_links"

    task_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    needs_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class PauseRow(EngineBase):
    """What the run of a task waits for, since when, and how long it had waited before, in seconds."""

    __tablename__ = "engine_task_pauses"

    task_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    waits_for: Mapped[str] = mapped_column(String(16))
    waits_since: Mapped[datetime | None]
    waited_s: Mapped[float] = mapped_column(Float)


class WeightsRow(EngineBase):
    """Weights of priority from the moment on at which they proved better than those before."""

    __tablename__ = "engine_priority_weights"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    executor_id: Mapped[str] = mapped_column(String(200))
    weights: Mapped[dict[str, Any]]
    gain: Mapped[float] = mapped_column(Float)
    tasks: Mapped[int]


def _table(row: type[EngineBase]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


TASKS = _table(TaskRow)
LINKS = _table(LinkRow)
PAUSES = _table(PauseRow)
_KEPT = tuple(column for column in TASKS.c if column.name != "inputs")


def tasks() -> Select[Any]:
    """Tasks and their pauses; all but the inputs, which may be large and are read one task at a time."""
    pauses = (PAUSES.c.waits_for, PAUSES.c.waits_since, PAUSES.c.waited_s)
    together = TASKS.outerjoin(PAUSES, PAUSES.c.task_id == TASKS.c.id)
    return select(*_KEPT, *pauses).select_from(together)


def insert_task(session: Session, row: Mapping[str, Any]) -> bool:
    """Insert a task unless its id is there already; whether it was inserted."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(TASKS).values(**row).on_conflict_do_nothing().returning(TASKS.c.id)
    return session.execute(statement).first() is not None

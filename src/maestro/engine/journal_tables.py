"""Journal tables: who works a run, and what is recorded of its steps, maps, failed attempts and losses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from maestro.engine.tables import EngineBase

_WHERE_REASON: dict[str, Any] = dict.fromkeys(("postgresql_where", "sqlite_where"), text("reason != ''"))


class ClaimRow(EngineBase):
    """Who may record steps of a run: the executor that claimed it last; a raised epoch ends every claim."""

    __tablename__ = "engine_claims"
    __table_args__ = (
        # few rows have a reason, and they are looked for again and again
        Index("ix_engine_claims_reason", "reason", **_WHERE_REASON),
    )

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    executor_id: Mapped[str] = mapped_column(Text)
    epoch: Mapped[int]
    ended_at: Mapped[datetime | None]
    """When the run was cancelled, on the engine's clock; nobody can claim it until it is resumed."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why nobody works it now although it is at no end; empty where somebody does."""


class StepRow(EngineBase):
    """How a step of a run ended; written once, never changed."""

    __tablename__ = "engine_steps"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    """The step, or `step/undo` for its compensation."""
    number: Mapped[int]
    """Place in the order in which the steps of the run ended."""
    status: Mapped[str] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    """What it returned, as portable JSON; None for a map, whose values are in its chunks."""
    details: Mapped[str] = mapped_column(Text)
    """Attempts, error and place of work, as portable JSON."""


class ChunkRow(EngineBase):
    """Finished items of a map, `size` of them from item `start` on."""

    __tablename__ = "engine_chunks"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    total: Mapped[int]
    """How many items the map has."""
    items: Mapped[str] = mapped_column(Text)
    """What the step returned for each item, as a portable JSON list."""
    seconds: Mapped[float]


class AttemptRow(EngineBase):
    """A failed attempt after which the step is tried again; counted across crashes."""

    __tablename__ = "engine_attempts"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    details: Mapped[str] = mapped_column(Text)


class LossRow(EngineBase):
    """How often in succession a run lost its executor without recording anything in between."""

    __tablename__ = "engine_losses"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    executor_id: Mapped[str] = mapped_column(Text)
    """Who was lost last; one loss counts once, however many take it over."""
    records: Mapped[int]
    """How much was recorded of the run by then."""
    losses: Mapped[int]

"""Record of a simulated shop: where its future began, how far it has come, and what each day was worth."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from maestro.database import Base


class SimulationRow(Base):
    """The simulated future of the one shop: everything needed to go on after a restart."""

    __tablename__ = "retail_simulation"

    id: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[int]
    first_day: Mapped[date] = mapped_column(Date)
    """Day 0 of the demand source: the first day of history."""
    live_from: Mapped[date] = mapped_column(Date)
    """The day on which the agents took over; the twin shop starts from the same stock."""
    closed_day: Mapped[date] = mapped_column(Date)
    """The last day that has happened."""
    clock_until: Mapped[datetime]
    """No moment after this was ever shown: the end of the day that was let come, or when time was stopped."""
    start: Mapped[dict[str, Any]]
    """That morning: on_hand, open_line, open_quantity, open_placed; the plain rule: baseline, review_days."""


class WorthRow(Base):
    """What one simulated day earned with the agents, and in the twin shop without them, in money."""

    __tablename__ = "retail_worth"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    with_agents: Mapped[float]
    without_agents: Mapped[float]
    wanted: Mapped[int]
    sold: Mapped[int]
    sold_without: Mapped[int]

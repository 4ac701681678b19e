"""Decision totals: what all decisions were worth together, with its interval, and how many stand where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scipy.special import stdtrit
from sqlalchemy import and_, func, select

from maestro.agents.decision_tables import CycleRow, DecisionRow
from maestro.database import Database

LEVEL = 0.8
"""Share of cases in which the interval of the sum holds the gain that was to be expected."""


@dataclass(frozen=True)
class GainTotal:
    """What executed decisions gained over their baseline.

    Args:
        mean: sum of the measured gains.
        low: lower end of an 80 % interval, None before two cycles are measured.
        high: upper end, likewise.
        decisions: how many decisions it sums.
        cycles: how many cycles they came from.
        since: when the first of these cycles was, None before any.
    """

    mean: float
    low: float | None
    high: float | None
    decisions: int
    cycles: int
    since: datetime | None


@dataclass(frozen=True)
class DayTotal:
    """One day's executed decisions and the gain measured on it."""

    day: date
    executed: int
    gain: float


class DecisionTotals:
    """Figures over all decisions, read from indexes and from the sums that each cycle keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def gain(self, *, agent: str = "", since: datetime | None = None) -> GainTotal:
        """The measured gain of executed decisions, of one agent or all, in cycles from a moment on."""
        where = [CycleRow.acted > 0]
        if agent:
            where.append(CycleRow.agent == agent)
        if since:
            where.append(CycleRow.at >= since)
        query = select(CycleRow.earned, CycleRow.acted, CycleRow.at).where(and_(*where))
        with self._database.reader() as session:
            rows = session.execute(query).all()
        sums = [float(row.earned) for row in rows]
        low, high = interval_of_sum(sums)
        return GainTotal(
            mean=math.fsum(sums),
            low=low,
            high=high,
            decisions=sum(row.acted for row in rows),
            cycles=len(rows),
            since=min((row.at for row in rows), default=None),
        )

    def coverage(self, agent: str) -> float | None:
        """Share of the agent's measured intervals that held what happened; None before any."""
        query = select(func.sum(CycleRow.covered), func.sum(CycleRow.measured)).where(CycleRow.agent == agent)
        with self._database.reader() as session:
            covered, measured = session.execute(query).one()
        return covered / measured if measured else None

    def by_status(self, *, agent: str = "") -> dict[str, int]:
        """How many decisions stand where; a status without any is left out."""
        query: Any = select(DecisionRow.status, func.count()).group_by(DecisionRow.status)
        if agent:
            query = query.where(DecisionRow.agent == agent)
        with self._database.reader() as session:
            return {str(status): int(count) for status, count in session.execute(query)}

    def approved_by_people(self, *, agent: str = "") -> int:
        """How many decisions a person allowed."""
        query: Any = select(DecisionRow.allowed_by, func.count()).group_by(DecisionRow.allowed_by)
        if agent:
            query = query.where(DecisionRow.agent == agent)
        with self._database.reader() as session:
            rows = session.execute(query).all()
        return sum(int(count) for allowed_by, count in rows if allowed_by.startswith("person:"))

    def by_day(self, *, since: date, agent: str = "") -> tuple[DayTotal, ...]:
        """Executed decisions and measured gains a day, in order; days without either are left out."""
        mine = [DecisionRow.agent == agent] if agent else []
        executed = (
            select(DecisionRow.executed_on, func.count())
            .where(DecisionRow.executed_on >= since, *mine)
            .group_by(DecisionRow.executed_on)
        )
        gained = (
            select(DecisionRow.measured_on, func.sum(DecisionRow.gain))
            .where(DecisionRow.measured_on >= since, DecisionRow.allowed_by != "", *mine)
            .group_by(DecisionRow.measured_on)
        )
        with self._database.reader() as session:
            counts = {day: int(count) for day, count in session.execute(executed) if day}
            gains = {day: float(gain or 0.0) for day, gain in session.execute(gained) if day}
        days = sorted(counts.keys() | gains.keys())
        return tuple(DayTotal(day, counts.get(day, 0), gains.get(day, 0.0)) for day in days)


def interval_of_sum(sums: Sequence[float]) -> tuple[float | None, float | None]:
    """An 80 % interval for the sum of cycles' gains, (None, None) for fewer than two.

    Decisions of a cycle share shocks, so the cycle is the unit: n cycle sums with sample deviation s give
    their total the standard error s * sqrt(n), and Student's t with n - 1 degrees of freedom its quantile.
    """
    count = len(sums)
    if count < 2:
        return None, None
    total = math.fsum(sums)
    mean = total / count
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in sums) / (count - 1))
    reach = float(stdtrit(count - 1, (1 + LEVEL) / 2)) * deviation * math.sqrt(count)
    return total - reach, total + reach

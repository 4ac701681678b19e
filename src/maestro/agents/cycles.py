"""Cycles: gathers what a cycle's decisions gained into the one observation that the autonomy rule weighs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from maestro.agents import autonomy
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision import Decision, Status
from maestro.agents.decision_tables import CycleRow, DecisionRow
from maestro.agents.moment import moment_text
from maestro.agents.track_record import LevelChange
from maestro.database import Database
from maestro.errors import InputError

_UNDECIDED = (Status.PROPOSED, Status.WAITING, Status.APPROVED, Status.EXECUTING)
_UNMEASURED = (Status.EXECUTED, Status.SHADOWED)


@dataclass(frozen=True)
class CycleGain:
    """One measured cycle of an agent.

    Args:
        gain: mean gain of its measured decisions.
        normalised: that gain as a share of the largest loss that the guardrails allowed.
        covered_share: share of its intervals that held what happened.
    """

    cycle: str
    at: datetime
    gain: float
    normalised: float
    covered_share: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self) | {"at": moment_text(self.at)}


class Cycles:
    """Every cycle of every agent, from its proposals to the observation that it ends in.

    A cycle is settled when none of its decisions can still be measured. Its largest loss is fixed when it
    begins, before any of its gains is known, as the bets on its evidence demand.
    """

    def __init__(self, database: Database, autonomy_store: AutonomyStore) -> None:
        self._database = database
        self._autonomy = autonomy_store

    def known(self, agent: str, cycle: str) -> bool:
        """Whether the cycle's proposals are already written."""
        with self._database.reader() as session:
            return session.get(CycleRow, (agent, cycle)) is not None

    def begin(
        self, agent: str, cycle: str, at: datetime, *, proposed: int, max_loss: float, session: Session
    ) -> None:
        """Note a new cycle in the transaction that writes its proposals.

        Raises:
            InputError: the largest loss is not a positive number.
        """
        if not math.isfinite(max_loss) or max_loss <= 0:
            raise InputError(
                f"The largest loss of a cycle of {agent} is {max_loss}, not a positive number.",
                remedy="Correct max_loss_per_cycle of its role, or the limits that it is made of.",
            )
        values = {"agent": agent, "cycle": cycle, "at": at, "proposed": proposed, "max_loss": max_loss}
        zeros = {"measured": 0, "covered": 0, "gain": 0.0, "acted": 0, "earned": 0.0}
        session.execute(insert(CycleRow).values(**values, **zeros))

    def count(self, decisions: Iterable[Decision], *, session: Session) -> None:
        """Add freshly measured decisions to their cycles, in the transaction that writes their measure."""
        for decision in decisions:
            measured = decision.measured
            if measured is None:
                continue
            acted = bool(decision.allowed_by)
            session.execute(
                update(CycleRow)
                .where(CycleRow.agent == decision.agent, CycleRow.cycle == decision.cycle)
                .values(
                    measured=CycleRow.measured + 1,
                    covered=CycleRow.covered + int(measured.covered),
                    gain=CycleRow.gain + measured.gain,
                    acted=CycleRow.acted + int(acted),
                    earned=CycleRow.earned + (measured.gain if acted else 0.0),
                )
                .execution_options(synchronize_session=False)
            )

    def settle(self, agent: str, at: datetime) -> tuple[LevelChange, ...]:
        """Hand every finished cycle to the rule of autonomy, once, oldest first.

        Returns:
            what that changed.
        """
        query = select(CycleRow.cycle).where(CycleRow.agent == agent, CycleRow.settled_at.is_(None))
        with self._database.reader() as session:
            names = session.scalars(query.order_by(CycleRow.at)).all()
        changes = (self._settle_one(agent, name, at) for name in names)
        return tuple(change for change in changes if change)

    def gains(self, agent: str, limit: int = 200) -> tuple[CycleGain, ...]:
        """The agent's measured cycles, newest first."""
        query = select(CycleRow).where(CycleRow.agent == agent, CycleRow.normalised.is_not(None))
        with self._database.reader() as session:
            rows = session.scalars(query.order_by(CycleRow.at.desc()).limit(limit)).all()
        return tuple(
            CycleGain(
                row.cycle, row.at, row.gain / row.measured, row.normalised or 0.0, row.covered / row.measured
            )
            for row in rows
        )

    def last_at(self, agent: str) -> datetime | None:
        """When the agent's last cycle was."""
        with self._database.reader() as session:
            return session.scalar(select(func.max(CycleRow.at)).where(CycleRow.agent == agent))

    def _settle_one(self, agent: str, cycle: str, at: datetime) -> LevelChange | None:
        with self._database.session() as session:
            row = session.get(CycleRow, (agent, cycle), with_for_update=True)
            if row is None or row.settled_at is not None or session.scalar(_open_decisions(row, at)):
                return None
            row.settled_at = at
            if row.measured == 0:
                return None
            normalised = row.gain / row.measured / row.max_loss
            covered = [True] * row.covered + [False] * (row.measured - row.covered)
            row.normalised = normalised
            return self._autonomy.change(
                agent,
                lambda record: autonomy.observe(record, normalised, covered, at, decided_at=row.at),
                session=session,
            )


def _open_decisions(row: CycleRow, at: datetime) -> Any:
    measurable: ColumnElement[bool] = and_(
        DecisionRow.status.in_([str(status) for status in _UNMEASURED]), DecisionRow.measure_until > at
    )
    undecided = DecisionRow.status.in_([str(status) for status in _UNDECIDED])
    return (
        select(func.count())
        .select_from(DecisionRow)
        .where(DecisionRow.agent == row.agent, DecisionRow.cycle == row.cycle, or_(undecided, measurable))
    )

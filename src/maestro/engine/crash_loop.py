"""Crash loop: finds runs under which one executor after another is lost, so that they are worked no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from maestro.database import Database
from maestro.engine.journal_tables import AttemptRow, ChunkRow, ClaimRow, LossRow, StepRow
from maestro.engine.waiting import OPEN, WaitRow


class CrashLoop:
    """Counts lost executors against the runs that they worked.

    A run counts as worked where the lost executor had claimed it and it waited for nothing. Whatever it
    recorded since the last loss proves that it goes on, and the count begins again: a long run on machines
    that die now and then is not suspected.

    Args:
        records: the engine's own tables.
        limit: losses in succession after which a run is suspected.
    """

    def __init__(self, records: Database, limit: int) -> None:
        self._records = records
        self._limit = limit

    def count(self, lost: str, run_ids: Iterable[str]) -> list[str]:
        """Count the loss of an executor against these runs; gives those that have reached the limit."""
        with self._records.session() as session:
            worked = _worked_by(session, lost, sorted(run_ids))
            return [run_id for run_id in worked if self._suspected(session, lost, run_id)]

    def _suspected(self, session: Session, lost: str, run_id: str) -> bool:
        recorded = _recorded(session, run_id)
        row = session.get(LossRow, run_id)
        if row is None or row.records != recorded:
            session.merge(LossRow(run_id=run_id, executor_id=lost, records=recorded, losses=1))
            return self._limit <= 1
        if row.executor_id != lost:
            row.executor_id, row.losses = lost, row.losses + 1
        return row.losses >= self._limit


def _worked_by(session: Session, lost: str, run_ids: Sequence[str]) -> Sequence[str]:
    waiting = select(WaitRow.run_id).where(WaitRow.state == OPEN, WaitRow.run_id.in_(run_ids))
    worked = select(ClaimRow.run_id).where(
        ClaimRow.run_id.in_(run_ids), ClaimRow.executor_id == lost, ClaimRow.run_id.not_in(waiting)
    )
    return session.scalars(worked.order_by(ClaimRow.run_id)).all()


def _recorded(session: Session, run_id: str) -> int:
    """How many records there are of a run and of its sub-workflows."""
    found = 0
    for table in (StepRow, ChunkRow, AttemptRow):
        below = table.run_id.startswith(f"{run_id}/", autoescape=True)
        query = select(func.count()).select_from(table).where(or_(table.run_id == run_id, below))
        found += session.scalar(query) or 0
    return found

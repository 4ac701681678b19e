"""Executor registry: which processes work on runs, by their heartbeats, and who takes over from whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, String, cast, delete, literal_column, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.tables import EngineBase
from maestro.errors import ConflictError, NotFoundError

KEPT = timedelta(days=7)
"""How long an executor that left nothing behind stays in the list."""


class ExecutorState(StrEnum):
    """Where an executor stands."""

    LIVE = "live"
    """Works, and takes new work."""
    DRAINING = "draining"
    """Lets its steps end, takes no new work, and leaves then."""
    LOST = "lost"
    """Its heartbeat stopped; others take over its runs."""
    GONE = "gone"
    """It left by itself; others take over what it had not ended."""

    @property
    def present(self) -> bool:
        """Whether its runs are its own."""
        return self in {ExecutorState.LIVE, ExecutorState.DRAINING}


_PRESENT = tuple(state for state in ExecutorState if state.present)


class ExecutorRow(EngineBase):
    """A process that works on runs.

    Its life is told by `beats`, which only it raises: an observer measures with its own clock how long the
    number has stood still, so that the clocks of machines need not agree. The moments are for people.
    """

    __tablename__ = "engine_executors"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), index=True)
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    beats: Mapped[int] = mapped_column(default=0)
    lease_s: Mapped[float]
    workflows: Mapped[list[Any]]
    runs: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(200))
    taken_over_by: Mapped[str | None] = mapped_column(String(200))
    settled: Mapped[bool] = mapped_column(default=False)
    machine: Mapped[str] = mapped_column(default="")
    beat_s: Mapped[float] = mapped_column(default=0.0)
    """Seconds of the database's own clock at the last heartbeat."""


@dataclass(frozen=True)
class ExecutorInfo:
    """An executor as others see it.

    Args:
        id: its name; a process that was lost and comes back has another one.
        host: its machine.
        pid: its process id there.
        state: live, draining, lost or gone.
        started_at: when it joined.
        heartbeat_at: when it was last heard of, by its own clock.
        beats: how often it was heard of.
        lease_s: seconds without a heartbeat after which the others take over.
        workflows: what it can run, as `name@version`.
        runs: how many runs it works on.
        claimed_by: who is taking over its runs at present; None for nobody.
        taken_over_by: who took over its runs last; None for nobody.
        settled: whether it is known that none of its runs is left.
        machine: what it shares with processes that can see it by number; empty where that is not known.
        silent_s: seconds since its last heartbeat, by the database's clock.
    """

    id: str
    host: str
    pid: int
    state: ExecutorState
    started_at: datetime
    heartbeat_at: datetime
    beats: int
    lease_s: float
    workflows: tuple[str, ...]
    runs: int
    claimed_by: str | None
    taken_over_by: str | None
    settled: bool
    machine: str = ""
    silent_s: float = field(default=0.0, compare=False)


class ExecutorRegistry:
    """The executors of one journal. Every change is one conditional UPDATE, so that two never both win.

    Args:
        records: the journal database, with the engine's tables.
        clock: stamps what people read; no decision rests on it but how long old rows are kept.
    """

    def __init__(self, records: Database, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        postgres = "extract(epoch from clock_timestamp())"
        sqlite = "(julianday('now') - 2440587.5) * 86400.0"
        words = postgres if records.dialect == "postgresql" else sqlite
        self._database_s: ColumnElement[float] = literal_column(words, Float)

    def join(
        self,
        executor_id: str,
        host: str,
        pid: int,
        lease_s: float,
        workflows: Collection[str],
        *,
        machine: str = "",
    ) -> None:
        """Enter as live; forgets those that left long ago and left nothing behind."""
        now = self._clock.now()
        old = delete(ExecutorRow).where(ExecutorRow.settled, ExecutorRow.heartbeat_at < now - KEPT)
        with self._records.session() as session:
            session.execute(old)
            session.add(
                ExecutorRow(
                    id=executor_id,
                    host=host,
                    pid=pid,
                    state=ExecutorState.LIVE,
                    started_at=now,
                    heartbeat_at=now,
                    beats=0,
                    lease_s=lease_s,
                    workflows=sorted(workflows),
                    runs=0,
                    settled=False,
                    machine=machine,
                    beat_s=self._database_s,
                )
            )

    def beat(self, executor_id: str, runs: int) -> ExecutorState | None:
        """Say that one lives; gives the state that others see, or None when they have declared it lost."""
        change = (
            update(ExecutorRow)
            .where(ExecutorRow.id == executor_id, ExecutorRow.state.in_(_PRESENT))
            .values(
                beats=ExecutorRow.beats + 1,
                heartbeat_at=self._clock.now(),
                runs=runs,
                beat_s=self._database_s,
            )
            .returning(ExecutorRow.state)
        )
        with self._records.session() as session:
            found = session.execute(change).scalars().all()
        return ExecutorState(found[0]) if found else None

    def ask_to_drain(self, executor_id: str) -> None:
        """Ask an executor to end its steps and leave; it finds out at its next heartbeat.

        Raises:
            NotFoundError: no such executor.
            ConflictError: it is not there any more.
        """
        asked = self._change(
            ExecutorRow.id == executor_id,
            ExecutorRow.state.in_(_PRESENT),
            state=ExecutorState.DRAINING,
        )
        if asked:
            return
        if all(each.id != executor_id for each in self.list()):
            raise NotFoundError(f"There is no executor {executor_id}.", remedy="List the executors.")
        raise ConflictError(f"Executor {executor_id} has left already.", remedy="There is nothing to drain.")

    def leave(self, executor_id: str) -> bool:
        """Leave by oneself: others need not wait to take over; False when one was declared lost before."""
        return self._change(
            ExecutorRow.id == executor_id,
            ExecutorRow.state.in_(_PRESENT),
            state=ExecutorState.GONE,
            heartbeat_at=self._clock.now(),
            runs=0,
        )

    def declare_lost(self, seen: ExecutorInfo, by: str) -> bool:
        """Declare an executor lost that stopped at the heartbeat seen; False when it moved or another won.

        Whoever declares it lost holds the claim to its runs.
        """
        return self._change(
            ExecutorRow.id == seen.id,
            ExecutorRow.state.in_(_PRESENT),
            ExecutorRow.beats == seen.beats,
            state=ExecutorState.LOST,
            claimed_by=by,
            settled=False,
        )

    def claim(self, seen: ExecutorInfo, by: str) -> bool:
        """Claim the runs of an executor that is lost or gone; False when another was quicker.

        Args:
            seen: the executor as it was read; the claim is taken from the holder that was seen, which the
                caller knows to be lost, or from nobody.
            by: who claims.
        """
        holder = ExecutorRow.claimed_by
        free = (
            holder.is_(None) if seen.claimed_by is None else or_(holder.is_(None), holder == seen.claimed_by)
        )
        return self._change(
            ExecutorRow.id == seen.id, ExecutorRow.state.not_in(_PRESENT), free, claimed_by=by
        )

    def release(self, executor_id: str, by: str, *, settled: bool, took_over: bool) -> bool:
        """Give a claim back, saying whether nothing is left and whether any run was taken over."""
        taken = {"taken_over_by": by} if took_over else {}
        return self._change(
            ExecutorRow.id == executor_id,
            ExecutorRow.claimed_by == by,
            claimed_by=None,
            settled=settled,
            runs=0,
            **taken,
        )

    def list(self) -> Sequence[ExecutorInfo]:
        """All executors, those that joined last first."""
        now = cast(self._database_s, Float)
        order = select(ExecutorRow, now).order_by(ExecutorRow.started_at.desc(), ExecutorRow.id)
        with self._records.reader() as session:
            return [_info(row, now_s) for row, now_s in session.execute(order)]

    def _change(self, *where: ColumnElement[bool], **values: object) -> bool:
        with self._records.session() as session:
            changed = update(ExecutorRow).where(*where).values(**values).returning(ExecutorRow.id)
            return bool(session.execute(changed).all())


def _info(row: ExecutorRow, now_s: float) -> ExecutorInfo:
    return ExecutorInfo(
        id=row.id,
        host=row.host,
        pid=row.pid,
        state=ExecutorState(row.state),
        started_at=row.started_at,
        heartbeat_at=row.heartbeat_at,
        beats=row.beats,
        lease_s=row.lease_s,
        workflows=tuple(row.workflows),
        runs=row.runs,
        claimed_by=row.claimed_by,
        taken_over_by=row.taken_over_by,
        settled=row.settled,
        machine=row.machine,
        silent_s=now_s - row.beat_s,
    )

"""Checks: ready-made health checks for databases, disks, the event loop, journals, executors and workers."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, update
from sqlalchemy.orm import Mapped, mapped_column

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.recovery.circuit_breaker import CircuitBreaker
from maestro.engine.recovery.health import ERRORS, LATENCY, HealthState, Reading
from maestro.engine.tables import EngineBase
from maestro.engine.workers.base import Standing, WorkerInfo

_LAG_SAMPLE_S = 0.02


class PulseRow(EngineBase):
    """Proof that the records can be written: one row a process, rewritten at each look."""

    __tablename__ = "engine_pulses"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True)
class CallCheck:
    """A check that is a function of one's own."""

    component: str
    look: Callable[[], Awaitable[Reading]]

    async def check(self) -> Reading:
        """What the function finds."""
        return await self.look()


@dataclass(frozen=True)
class DatabaseCheck:
    """A database answers, and soon enough.

    Args:
        component: which component it stands for.
        database: the one to ask.
        slow_s: seconds from which an answer counts as slow.
    """

    component: str
    database: Database
    slow_s: float = 0.5

    async def check(self) -> Reading:
        """Ask it something that costs nothing."""
        origin = time.perf_counter()
        await asyncio.to_thread(self.database.check)
        return _answered(time.perf_counter() - origin, self.slow_s)


@dataclass(frozen=True)
class JournalCheck:
    """The engine's records can be written, not only read: a full disk shows here first.

    Args:
        component: which component it stands for.
        records: the engine's records; their tables are there.
        clock: stamps the proof.
        name: of this process, so that two never wait for each other.
        slow_s: seconds from which a write counts as slow.
    """

    component: str
    records: Database
    clock: Clock
    name: str = "local"
    slow_s: float = 1.0

    async def check(self) -> Reading:
        """Write one row."""
        origin = time.perf_counter()
        await asyncio.to_thread(self._write)
        return _answered(time.perf_counter() - origin, self.slow_s)

    def _write(self) -> None:
        with self.records.session() as session:
            beat = update(PulseRow).where(PulseRow.name == self.name).values(at=self.clock.now())
            if not session.execute(beat.returning(PulseRow.name)).first():
                session.execute(insert(PulseRow).values(name=self.name, at=self.clock.now()))


@dataclass(frozen=True)
class DiskCheck:
    """A disk has room.

    Args:
        component: which component it stands for.
        folder: a folder on that disk.
        low: share of the disk in use from which it is degraded.
        full: share in use from which it is failing.
        used: tells the share in use; the disk itself unless something smaller bounds the folder.
    """

    component: str
    folder: Path
    low: float = 0.9
    full: float = 0.97
    used: Callable[[Path], float] | None = None

    async def check(self) -> Reading:
        """Read how full it is."""
        share = self.used(self.folder) if self.used else _share_used(self.folder)
        state = _graded(share, self.low, self.full)
        kind = "" if state is HealthState.HEALTHY else "full"
        return Reading(state, kind, f"{share:.0%} in use.", {"used_share": share})


@dataclass(frozen=True)
class EventLoopCheck:
    """The event loop of this process is not held up by work that belongs in a thread.

    Args:
        component: which component it stands for.
        slow_s: seconds of delay from which it is degraded; ten times as much is failing.
    """

    component: str
    slow_s: float = 0.5

    async def check(self) -> Reading:
        """Sleep for a moment and see how late one wakes."""
        origin = time.perf_counter()
        await asyncio.sleep(_LAG_SAMPLE_S)
        late_s = max(0.0, time.perf_counter() - origin - _LAG_SAMPLE_S)
        state = _graded(late_s, self.slow_s, 10 * self.slow_s)
        kind = "" if state is HealthState.HEALTHY else "stuck"
        return Reading(state, kind, f"Late by {late_s * 1000:.0f} ms.", {"loop_lag_s": late_s})


@dataclass(frozen=True)
class HeartbeatCheck:
    """Something that should give a sign of life has given one lately.

    Args:
        component: which component it stands for.
        last_seen: when it was last heard of; None for never.
        clock: the wall clock.
        limit_s: seconds of silence from which it is failing; half as much is degraded.
    """

    component: str
    last_seen: Callable[[], datetime | None]
    clock: Clock
    limit_s: float = 6.0

    async def check(self) -> Reading:
        """Compare with the clock."""
        seen = self.last_seen()
        if seen is None:
            return Reading(HealthState.FAILING, "silent", "Never heard of.")
        age_s = max(0.0, (self.clock.now() - seen).total_seconds())
        state = _graded(age_s, self.limit_s / 2, self.limit_s)
        kind = "" if state is HealthState.HEALTHY else "silent"
        return Reading(state, kind, f"Heard of {age_s:.1f} s ago.", {"heartbeat_age_s": age_s})


@dataclass(frozen=True)
class PoolCheck:
    """The workers of a pool are there and do their tasks; that there is none may be somebody's choice.

    Args:
        component: which component it stands for.
        workers: the workers of the pool.
        standing: how the pool stands as a whole.
        least_share: share of workers that must be there; below it the pool is failing.
    """

    component: str
    workers: Callable[[], Sequence[WorkerInfo]]
    standing: Callable[[], Standing] = Standing
    least_share: float = 0.5

    async def check(self) -> Reading:
        """Count them."""
        found = [worker for worker in self.workers() if worker.state != "retired"]
        lost = sum(1 for worker in found if worker.state == "lost")
        done, failed = sum(each.done for each in found), sum(each.failed for each in found)
        metrics = {
            "lost_workers": float(lost),
            ERRORS: failed / (done + failed) if done + failed else 0.0,
            "busy_share": sum(1 for each in found if each.state == "busy") / len(found) if found else 0.0,
        }
        trouble = self.standing().trouble
        if trouble is not None:
            words = trouble.words
            return Reading(HealthState.FAILING, trouble.kind, words.en, metrics, cause=words)
        if lost:
            there = (len(found) - lost) / len(found)
            state = HealthState.DEGRADED if there >= self.least_share else HealthState.FAILING
            return Reading(state, "lost_workers", f"{lost} of {len(found)} workers are lost.", metrics)
        return Reading(HealthState.HEALTHY, "", f"{len(found)} workers.", metrics)


@dataclass(frozen=True)
class MemoryCheck:
    """A process has memory left.

    Args:
        component: which component it stands for.
        share: share of its memory in use, 0 to 1.
        high: share from which it is degraded.
        critical: share from which it is failing.
    """

    component: str
    share: Callable[[], float]
    high: float = 0.9
    critical: float = 0.95

    async def check(self) -> Reading:
        """Read how much is in use."""
        share = self.share()
        state = _graded(share, self.high, self.critical)
        kind = "" if state is HealthState.HEALTHY else "memory"
        return Reading(state, kind, f"{share:.0%} of the memory in use.", {"memory_share": share})


@dataclass(frozen=True)
class BreakerCheck:
    """What a circuit breaker guards is being called."""

    component: str
    breaker: CircuitBreaker

    async def check(self) -> Reading:
        """Read the breaker."""
        state = (await asyncio.to_thread(lambda: self.breaker.state)).state
        metrics = {"breaker_open": float(state == "open")}
        if state == "open":
            words = f"The circuit breaker {self.breaker.name} is open."
            return Reading(HealthState.FAILING, "errors", words, metrics)
        return Reading(metrics=metrics)


def _answered(seconds: float, slow_s: float) -> Reading:
    metrics = {LATENCY: seconds, ERRORS: 0.0}
    words = f"Answered in {seconds * 1000:.0f} ms."
    if seconds >= slow_s:
        return Reading(HealthState.DEGRADED, "slow", words, metrics)
    return Reading(HealthState.HEALTHY, "", words, metrics)


def _graded(value: float, degraded: float, failing: float) -> HealthState:
    if value >= failing:
        return HealthState.FAILING
    return HealthState.DEGRADED if value >= degraded else HealthState.HEALTHY


def _share_used(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.used / usage.total if usage.total else 1.0

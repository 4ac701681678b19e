"""Memory monitor: measures what this process holds, against what it could hold, and keeps a short history."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import tracemalloc
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from maestro.clock import Clock
from maestro.engine.memory import room
from maestro.engine.memory.pressure import Pressure
from maestro.settings import MemorySettings
from maestro.telemetry import get_logger

TOP = 15
"""Places of allocation that a snapshot names."""

FIRST_LOOK_S = 3.0
"""Seconds of tracing after which the places of allocation are found without being asked for."""

_HERE = str(Path(__file__).parents[3]) + os.sep
_PYTHON = str(Path(os.__file__).parent) + os.sep

_log = get_logger("engine.memory")


@dataclass(frozen=True)
class Sample:
    """One measurement: bytes held, bytes that could be held in all, on the wall clock."""

    at: datetime
    rss_bytes: int
    limit_bytes: int

    @property
    def share(self) -> float:
        """Held of what could be held, 0 to 1."""
        return self.rss_bytes / self.limit_bytes if self.limit_bytes else 1.0

    @property
    def pressure(self) -> Pressure:
        return Pressure.of(self.share)


@dataclass(frozen=True)
class Allocation:
    """A place in the code (file:line), with the bytes and blocks allocated there that are still held."""

    where: str
    bytes: int
    count: int


@dataclass(frozen=True)
class Collections:
    """Garbage collection: objects waiting in each generation, and collections of each generation so far."""

    counts: tuple[int, ...]
    collections: tuple[int, ...]


@dataclass(frozen=True)
class Snapshot:
    """A sample, the garbage collector and, where allocations are traced, where the memory went."""

    sample: Sample
    gc: Collections
    top: tuple[Allocation, ...]


class MemoryMonitor:
    """Measures memory on demand, and at an interval while it is started.

    Args:
        settings: interval, length of the history, cap.
        clock: the wall clock.
        free: gives the bytes that this process could still take; the machine's answer unless a test brings
            another.
        held: gives the bytes that this process holds.

    Example:
        monitor = MemoryMonitor(settings.memory, RealClock())
        monitor.sample().pressure
    """

    def __init__(
        self,
        settings: MemorySettings,
        clock: Clock,
        *,
        free: Callable[[], int] = room.free_bytes,
        held: Callable[[], int] = room.held_bytes,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._free = free
        self._held = held
        self._history: deque[Sample] = deque(maxlen=settings.history)
        self._task: asyncio.Task[None] | None = None
        self._top: tuple[Allocation, ...] = ()
        self._traced_at: datetime | None = None
        self._looked_at: datetime | None = None

    def sample(self) -> Sample:
        """Measure now; the history keeps the measurement where the interval has passed since the last one."""
        held = self._held()
        cap = int(self._settings.limit_mb * 1e6)
        measured = Sample(self._clock.now(), held, room.limit_bytes(held, self._free(), cap))
        last = self._history[-1].at if self._history else None
        if last is None or measured.at - last >= timedelta(seconds=self._settings.interval_s):
            self._history.append(measured)
        return measured

    def snapshot(self) -> Snapshot:
        """Measure now, with the collector and the places of allocation; may take a second while tracing."""
        self._look()
        return Snapshot(self.sample(), collections(), self._top)

    def places(self) -> tuple[Allocation, ...]:
        """The places that held the most at the latest look.

        The first look is taken here, a moment after tracing began; further ones are for `snapshot`, because a
        look walks through everything that was allocated since, for seconds where that is much.
        """
        waited = self._clock.now() - self._traced_at if self._traced_at else timedelta()
        if self.tracing and self._looked_at is None and waited >= timedelta(seconds=FIRST_LOOK_S):
            self._look()
        return self._top

    @property
    def looked_at(self) -> datetime | None:
        """When the places were found; None where they were not since tracing began."""
        return self._looked_at

    def _look(self) -> None:
        if self.tracing:
            self._looked_at = self._clock.now()
            self._top = top_allocations()

    @property
    def history(self) -> list[Sample]:
        """The latest samples, oldest first."""
        return list(self._history)

    @property
    def running(self) -> bool:
        """Whether samples are taken at the interval."""
        return self._task is not None

    def start(self, then: Callable[[Sample], object]) -> None:
        """Begin to sample at the interval; must be called on the event loop. A second start changes nothing.

        Args:
            then: told each sample; what it raises is logged and ends nothing.
        """
        if self._task is None:
            self._task = asyncio.create_task(self._watch(then))

    async def stop(self) -> None:
        """Sample no more by itself; the history stays."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def tracing(self) -> bool:
        """Whether Python records where memory is allocated."""
        return tracemalloc.is_tracing()

    def trace(self, on: bool) -> None:
        """Record where memory is allocated from now on, or stop and forget it.

        Tracing costs time and memory (about twice the time of allocating; see the documentation of
        tracemalloc), so it is off unless somebody looks for a leak.
        """
        if on and not tracemalloc.is_tracing():
            tracemalloc.start()
            self._traced_at = self._clock.now()
        elif not on:
            tracemalloc.stop()
            self._top, self._traced_at, self._looked_at = (), None, None

    async def _watch(self, then: Callable[[Sample], object]) -> None:
        while True:
            try:
                then(self.sample())
            except Exception as error:
                _log.error("memory was not measured", error=str(error))
            await self._clock.sleep(self._settings.interval_s)


def collections() -> Collections:
    """The garbage collector's counts now."""
    return Collections(gc.get_count(), tuple(each["collections"] for each in gc.get_stats()))


def top_allocations() -> tuple[Allocation, ...]:
    """The places whose allocations hold the most, largest first; tracing must be on."""
    taken = tracemalloc.take_snapshot().filter_traces(
        (tracemalloc.Filter(False, tracemalloc.__file__), tracemalloc.Filter(False, "<frozen *>"))
    )
    return tuple(
        Allocation(f"{_short(each.traceback[0].filename)}:{each.traceback[0].lineno}", each.size, each.count)
        for each in taken.statistics("lineno")[:TOP]
    )


def _short(filename: str) -> str:
    """A path without what differs between machines."""
    _, found, rest = filename.rpartition(f"site-packages{os.sep}")
    return rest if found else filename.removeprefix(_HERE).removeprefix(_PYTHON)

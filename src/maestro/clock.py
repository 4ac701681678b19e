"""Clock: the only source of time; real, virtual (moved by hand) or accelerated (runs faster than life)."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What every part of Maestro asks for the time. All times are timezone-aware UTC."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of this clock's time."""
        ...

    @property
    def speed(self) -> float:
        """Seconds of this clock for one second of life; 1 for the real clock, 0 for a virtual one."""
        ...


class RealClock:
    """The time of this machine."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class VirtualClock:
    """Time that stands still until it is advanced: sleepers wake in order, at exactly their moment.

    Example:
        clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        await clock.advance(hours=6)
    """

    speed = 0.0

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("VirtualClock needs an aware datetime")
        self._now = start.astimezone(UTC)
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), future))
        await future

    async def advance(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Move time forward, waking each sleeper at its own moment and letting it run before the next."""
        target = self._now + timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        while self._sleepers and self._sleepers[0][0] <= target:
            moment, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, moment)
            if not future.done():
                future.set_result(None)
            for _ in range(10):
                await asyncio.sleep(0)
        self._now = target
        await asyncio.sleep(0)

    def set(self, moment: datetime) -> None:
        """Jump to `moment` without waking anyone; for simulations that step a day at a time.

        Raises:
            ValueError: the moment lies in the past; time never runs backwards.
        """
        if moment < self._now:
            raise ValueError(f"time never runs backwards: {moment} is before {self._now}")
        self._now = moment.astimezone(UTC)


class AcceleratedClock:
    """Time that starts anywhere and runs `speed` times faster than life.

    Args:
        start: the first moment, aware.
        speed: simulated seconds for one second of life; 86_400 makes a day a second.
    """

    def __init__(self, start: datetime, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be positive")
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._origin = time.monotonic()

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._speed)

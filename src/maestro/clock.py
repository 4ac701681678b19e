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
    """Time that starts anywhere, runs `speed` times faster than life, can pause, and can be held at a moment.

    A simulation holds the clock at the end of the day that it is working on, so that time never runs
    ahead of the work: a slow machine sees fewer days a minute, never other decisions.

    Args:
        start: the first moment, aware.
        speed: seconds of this clock for one second of life; 86_400 makes a day a second.
        limit: the moment at which it is held from the beginning; None lets it run.
    """

    def __init__(self, start: datetime, speed: float, limit: datetime | None = None) -> None:
        self._anchor = start.astimezone(UTC)
        self._limit = limit
        self._paused = False
        self._speed = 1.0
        self._origin = time.monotonic()
        self.set_speed(speed)

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether time stands still because somebody asked for it."""
        return self._paused

    def now(self) -> datetime:
        if self._paused:
            return self._anchor
        moment = self._anchor + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)
        return moment if self._limit is None else max(self._anchor, min(moment, self._limit))

    async def sleep(self, seconds: float) -> None:
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    async def sleep_until(self, moment: datetime) -> None:
        """Wait until this clock shows `moment`, however often it is paused, held or changes speed."""
        while (left := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - pause and speed change it
            await asyncio.sleep(min(left / self._speed, 0.1))

    def set_speed(self, speed: float) -> None:
        """Run faster or slower from now on.

        Raises:
            ValueError: the speed is zero or negative; use `pause` to stand still.
        """
        if speed <= 0:
            raise ValueError("speed must be positive")
        self._restart()
        self._speed = speed

    def pause(self) -> None:
        """Stand still until `resume`."""
        self._restart()
        self._paused = True

    def resume(self) -> None:
        """Go on from the moment at which the clock was paused."""
        self._restart()
        self._paused = False

    def hold_at(self, limit: datetime) -> None:
        """Never show a moment after `limit`, until it is moved; where it lies in the past, stand still."""
        self._restart()
        self._limit = limit

    def _restart(self) -> None:
        self._anchor = self.now()
        self._origin = time.monotonic()

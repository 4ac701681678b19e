"""Bulkhead: bounds how many calls are in one component at once, and how many wait for it, and how long."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maestro.clock import Clock
from maestro.errors import TemporaryError


class BulkheadFullError(TemporaryError):
    """There is no room: the component is busy, and so is the queue before it."""


class Bulkhead:
    """Keeps one slow component from taking every place in the house (Nygard, "Release It!", 2007).

    First come, first served. All of it happens on one event loop.

    Args:
        name: what it guards.
        clock: the clock on which callers wait.
        limit: calls inside at once.
        queue: calls that may wait; 0 refuses at once.
        timeout_s: seconds after which a waiting call is refused.

    Example:
        async with bulkhead.enter():
            await supplier.quote(sku)
    """

    def __init__(
        self, name: str, clock: Clock, *, limit: int, queue: int = 0, timeout_s: float = 10.0
    ) -> None:
        if limit < 1 or queue < 0:
            raise ValueError("a bulkhead lets at least one in and has no negative queue")
        self.name = name
        self.inside = 0
        self._clock = clock
        self._limit = limit
        self._queue = queue
        self._timeout_s = timeout_s
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """Calls in the queue."""
        return len(self._waiting)

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """A place inside for as long as the block runs.

        Raises:
            BulkheadFullError: the queue is full, or the wait took too long.
        """
        if self.inside < self._limit and not self._waiting:
            self.inside += 1
        else:
            await self._wait()
        try:
            yield
        finally:
            self._leave()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._queue:
            raise self._full("is full")
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        timer = asyncio.ensure_future(self._clock.sleep(self._timeout_s))
        try:
            await asyncio.wait({place, timer}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if place.done():
                self._leave()
            raise
        finally:
            timer.cancel()
            if not place.done():
                place.cancel()
                self._waiting.remove(place)
        if place.cancelled():
            raise self._full(f"had no room for {self._timeout_s:g} s")

    def _leave(self) -> None:
        """Hand the place to the next in the queue, or free it."""
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self.inside -= 1

    def _full(self, words: str) -> BulkheadFullError:
        return BulkheadFullError(
            f"The bulkhead {self.name} {words}.",
            delay_s=self._timeout_s,
            remedy="Ask for less at once, or widen it.",
        )

"""Slot: a run's place among those that are worked at once; given back while all that it does is wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slot:
    """Counts what of a run is being worked; holds a place for the run while there is anything.

    Args:
        places: the places of this process.
    """

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._taking = asyncio.Lock()
        self._busy = 0
        self._held = False

    @property
    def held(self) -> bool:
        """Whether the run has a place now."""
        return self._held

    async def take(self) -> None:
        """Count one more thing that is worked, and wait for a place where the run has none."""
        self._busy += 1
        try:
            async with self._taking:
                if not self._held:
                    await self._places.acquire()
                    self._held = True
        except BaseException:
            self._busy -= 1
            raise

    def join(self) -> None:
        """Count one more thing, at a moment at which the run has its place."""
        self._busy += 1

    def leave(self) -> None:
        """Count one thing less; the last one gives the place back."""
        self._busy -= 1
        if self._busy == 0 and self._held:
            self._held = False
            self._places.release()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Something that was being worked only waits inside this block."""
        self.leave()
        try:
            yield
        finally:
            self._busy += 1  # so that leaving on the way out of a cancelled run stays balanced
        self._busy -= 1
        await self.take()

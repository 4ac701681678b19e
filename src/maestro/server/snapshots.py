"""Snapshots: makes a costly answer once for everybody, and again only when something has happened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from maestro.clock import Clock

GOOD_FOR = timedelta(seconds=1)
"""Longest that an answer is given again; changes that nobody announced show after it."""


class Snapshots:
    """Answers by name, each made by one thread while others wait for it.

    Args:
        clock: the time of people and machines.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._version = 0
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}
        self._made: dict[str, tuple[int, datetime, bytes]] = {}

    def something_happened(self) -> None:
        """Make every answer anew when it is asked for next."""
        with self._lock:
            self._version += 1

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The answer of that name, at most a second old and from after the latest event."""
        with self._lock:
            making = self._making.setdefault(name, threading.Lock())
        with making:
            version, now = self._version, self._clock.now()
            made = self._made.get(name)
            if made is not None and made[0] == version and now - made[1] < GOOD_FOR:
                return made[2]
            answer = make()
            self._made[name] = (version, now, answer)
            return answer

"""Round robin: workers take turns; one that is full is passed over."""

from __future__ import annotations

from collections.abc import Sequence

from maestro.engine.workers.balancing.base import Load, WithoutMemory
from maestro.engine.workers.base import Task


class RoundRobin(WithoutMemory):
    """Each in turn."""

    def __init__(self) -> None:
        self._turns: dict[str, int] = {}
        self._turn = 0

    def choose(self, task: Task, free: Sequence[Load], busy: Sequence[Load]) -> str | None:
        """The free worker whose turn is the longest ago."""
        chosen = min(free, key=lambda worker: self._turns.get(worker.name, 0)).name
        self._turn += 1
        self._turns[chosen] = self._turn
        return chosen

    def forget(self, worker: str) -> None:
        """Forget its turn."""
        self._turns.pop(worker, None)

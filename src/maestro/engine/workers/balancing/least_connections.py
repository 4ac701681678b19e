"""Least connections: the worker with the fewest tasks for its slots gets the next."""

from __future__ import annotations

from collections.abc import Sequence

from maestro.engine.workers.balancing.base import Load, WithoutMemory
from maestro.engine.workers.base import Task


class LeastConnections(WithoutMemory):
    """The emptiest worker; among equals the one that joined first."""

    def choose(self, task: Task, free: Sequence[Load], busy: Sequence[Load]) -> str | None:
        """The free worker with the smallest busy share."""
        return min(free, key=lambda worker: len(worker.underway) / worker.slots).name

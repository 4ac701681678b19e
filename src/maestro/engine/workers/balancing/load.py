"""Balancing by load: the worker whose CPU and memory are least used gets the next task."""

from __future__ import annotations

from collections.abc import Sequence

from maestro.engine.workers.balancing.base import Load, WithoutMemory
from maestro.engine.workers.base import Task


class LeastLoad(WithoutMemory):
    """The worker with the most room, by its last measurement.

    Tasks given since that measurement are not in it yet: each slot that is busy counts as used as well, so
    that a burst does not fall on one worker.
    """

    def choose(self, task: Task, free: Sequence[Load], busy: Sequence[Load]) -> str | None:
        """The free worker with the smallest sum of measured use and busy share."""
        return min(free, key=lambda worker: worker.used + len(worker.underway) / worker.slots).name

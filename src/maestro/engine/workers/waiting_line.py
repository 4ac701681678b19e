"""Waiting line: tasks without a slot yet; the highest priority goes first, and among equals the oldest."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from typing import Generic, Protocol, TypeVar

from maestro.engine.workers.base import Task

Needs = tuple[tuple[str, float], ...]


class Waiting(Protocol):
    """What stands in line; `gone` when nobody waits for it any more."""

    task: Task
    number: int
    gone: bool


T = TypeVar("T", bound=Waiting)


def needs_of(task: Task) -> Needs:
    """The resources of a task; tasks of the same needs share a lane."""
    return tuple(sorted(task.resources.items()))


class WaitingLine(Generic[T]):
    """Tasks by priority, with a lane for each set of needs: who waits for a GPU holds up nobody else.

    With the longest path to the end as priority this is the critical-path rule of list scheduling (Graham,
    "Bounds on Multiprocessing Timing Anomalies", SIAM Journal on Applied Mathematics 17, 1969).
    """

    def __init__(self) -> None:
        self._lanes: dict[Needs, list[tuple[float, int, T]]] = {}

    def __iter__(self) -> Iterator[T]:
        return (one for lane in self._lanes.values() for _, _, one in lane if not one.gone)

    def push(self, one: T) -> None:
        """Stand in line."""
        lane = self._lanes.setdefault(needs_of(one.task), [])
        heapq.heappush(lane, (-one.task.priority, one.number, one))

    def pop(self, closed: Collection[Needs]) -> T | None:
        """Take the first out of all lanes that are not closed; None where nobody waits there."""
        best: list[tuple[float, int, T]] | None = None
        for needs in list(self._lanes):
            lane = self._lanes[needs]
            while lane and lane[0][2].gone:
                heapq.heappop(lane)
            if not lane:
                del self._lanes[needs]
            elif needs not in closed and (best is None or lane[0][:2] < best[0][:2]):
                best = lane
        return heapq.heappop(best)[2] if best else None

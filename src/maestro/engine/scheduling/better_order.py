"""Better order: whether the waiting tasks would be done sooner or less late in another order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maestro.engine.scheduling.priority import Floats, Queue
from maestro.engine.scheduling.replay import by_least, run

_MOST = 200
"""Tasks of the front of the queue that are put into another order; the rest follow as they are."""
_TRIES = 300


@dataclass(frozen=True)
class BetterOrder:
    """Another order and what it saves.

    Args:
        places: the front of the queue anew, as places in the present order; empty where nothing was found.
        gain_s: seconds of completion and lateness weighed by value that it saves over all tasks together.
    """

    places: tuple[int, ...]
    gain_s: float


def propose(queue: Queue, now_s: float, slots: int, rng: np.random.Generator) -> BetterOrder:
    """Look for an order that costs less than the present one, on expected lengths.

    Begins with the present order, the shortest first, the worth of a second first and the earliest deadline
    first, takes the best and moves single tasks ahead or back for as long as that helps.

    Args:
        queue: the waiting tasks in their present order.
        now_s: the moment.
        slots: how many tasks are worked at once.
        rng: draws the moves.
    """
    count = min(len(queue), _MOST)
    if count < 2:
        return BetterOrder((), 0.0)
    front = queue.take(np.arange(count))
    present = np.arange(count)
    begin = _cost(front, present, now_s, slots)
    starts = [
        present,
        np.argsort(front.expected_s, kind="stable"),
        np.argsort(front.expected_s / np.maximum(front.value, 1e-6), kind="stable"),
        np.argsort(front.deadline_s, kind="stable"),
    ]
    costs = [_cost(front, order, now_s, slots) for order in starts]
    best, cost = starts[int(np.argmin(costs))], min(costs)
    for _ in range(_TRIES):
        away, to = rng.integers(0, count, 2)
        moved = np.insert(np.delete(best, away), to, best[away])
        found = _cost(front, moved, now_s, slots)
        if found < cost:
            best, cost = moved, found
    if begin - cost <= 1e-9 * begin:
        return BetterOrder((), 0.0)
    return BetterOrder(tuple(int(each) for each in best), begin - cost)


def _cost(queue: Queue, order: NDArray[np.intp], now_s: float, slots: int) -> float:
    """Seconds until each is done, and lateness weighed by value, summed over all."""
    rank: Floats = np.empty(len(order))
    rank[order] = np.arange(len(order))
    here = np.zeros(len(order))
    ended = now_s + run(here, queue.expected_s, slots, by_least(rank)) + queue.expected_s
    late = np.where(np.isfinite(queue.deadline_s), np.maximum(ended - queue.deadline_s, 0.0), 0.0)
    return float(np.sum(ended - now_s + queue.value * late))

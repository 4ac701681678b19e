"""Learning: finds weights that would have served the recorded tasks better, by working them through again.

A search over the logarithms of the weights (the cross-entropy method of Rubinstein, 1999, with a diagonal
normal) on the older part of the record; new weights are taken only where they also do better on the younger
part, which the search never saw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maestro.engine.scheduling.priority import LEARNED, Floats, Queue, Weights
from maestro.engine.scheduling.replay import by_least, by_priority, run, score

_ROUNDS = 3
_DRAWS = 8
_BEST = 3
_SPREAD = 0.5
_FARTHEST = 3.0
"""Logarithm of the most that a weight may move from its default, either way: a factor of twenty."""
_LEAST_GAIN = 0.005


@dataclass(frozen=True)
class Record:
    """Tasks that have ended: what was known of each beforehand, and how long it took, shape (n,)."""

    queue: Queue
    length_s: Floats

    def part(self, begin: int, end: int) -> Record:
        """The tasks from `begin` up to `end`."""
        places = np.arange(begin, end)
        return Record(self.queue.take(places), self.length_s[places])


@dataclass(frozen=True)
class Learned:
    """Weights, and the share of the cost that they saved on tasks that the search never saw."""

    weights: Weights
    gain: float


class _Cost:
    """What weights come to on a record: time to completion against first come first served, and weighed
    lateness against earliest deadline first, half each; the latter is left out where nothing was late."""

    def __init__(self, record: Record, slots: int, patience_s: float) -> None:
        self._record, self._slots, self._patience_s = record, slots, patience_s
        ready, length = record.queue.ready_s, record.length_s
        first = score(record.queue, length, run(ready, length, slots, by_least(ready)))
        edf = score(record.queue, length, run(ready, length, slots, by_least(record.queue.deadline_s)))
        self._completion_s, self._tardiness_s = first.completion_s, edf.tardiness_s

    def __call__(self, weights: Weights) -> float:
        queue, length = self._record.queue, self._record.length_s
        rule = by_priority(queue, weights, self._slots, self._patience_s)
        found = score(queue, length, run(queue.ready_s, length, self._slots, rule))
        completion = found.completion_s / self._completion_s
        if self._tardiness_s <= 0.0:
            return completion
        return 0.5 * completion + 0.5 * found.tardiness_s / self._tardiness_s


def learn(
    record: Record, weights: Weights, *, slots: int, patience_s: float, rng: np.random.Generator
) -> Learned:
    """Better weights for tasks like those recorded, or the same where none prove better.

    Args:
        record: tasks in the order in which they became ready.
        weights: those in force.
        slots: how many tasks are worked at once.
        patience_s: see `maestro.engine.scheduling.priority`.
        rng: draws the candidates.
    """
    half = len(record.length_s) * 2 // 3
    seen, unseen = record.part(0, half), record.part(half, len(record.length_s))
    cost = _Cost(seen, slots, patience_s)
    base = np.array([getattr(Weights(), name) for name in LEARNED])
    centre = np.log(np.array([getattr(weights, name) for name in LEARNED]) / base)
    spread = np.full(len(LEARNED), _SPREAD)
    best, best_cost = centre, cost(weights)
    for _ in range(_ROUNDS):
        draws = np.clip(rng.normal(centre, spread, (_DRAWS, len(LEARNED))), -_FARTHEST, _FARTHEST)
        costs = np.array([cost(Weights().scaled(np.exp(draw))) for draw in draws])
        ranked = draws[np.argsort(costs, kind="stable")]
        if costs.min() < best_cost:
            best, best_cost = ranked[0], float(costs.min())
        elite = np.vstack([best, ranked[: _BEST - 1]])
        centre, spread = elite.mean(axis=0), elite.std(axis=0) + 0.1
    found = Weights().scaled(np.exp(best))
    check = _Cost(unseen, slots, patience_s)
    before, after = check(weights), check(found)
    if after >= before * (1 - _LEAST_GAIN):
        return Learned(weights, 0.0)
    return Learned(found, 1 - after / before)

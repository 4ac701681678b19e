"""Learning: finds weights that would have served the recorded tasks better, by working them through again.

A search over the logarithms of the weights (the cross-entropy method of Rubinstein, 1999, with a diagonal
normal) on the older stretches of the record. New weights are taken only where they also do better on the
youngest stretch, which the search never saw, and on no stretch do clearly worse; where they do, half the way
is tried. Lengths with heavy tails make any one stretch a matter of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from maestro.engine.scheduling.priority import LEARNED, Floats, Queue, Weights
from maestro.engine.scheduling.replay import by_least, by_priority, run, score

_ROUNDS = 3
_DRAWS = 10
_BEST = 4
_SPREAD = 0.4
_FARTHEST = 1.5
"""Logarithm of the most that a weight may move from its default, either way: a factor of 4.5."""
_STRETCHES = 4
_LEAST_GAIN = 0.02
_MOST_LOSS = 0.02
_FLOOR = 0.05
"""Lateness below this share of the time to completion counts as none."""


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
    """Weights, and the share of the cost that they save on the stretch that the search never saw."""

    weights: Weights
    gain: float


class _Stretch:
    """A stretch of the record, and what weights come to on it: the mean of the logarithms of the time to
    completion and of the lateness weighed by value, so that one hundredth less counts the same in both."""

    def __init__(self, record: Record, slots: int, patience_s: float) -> None:
        self._record, self._slots, self._patience_s = record, slots, patience_s
        ready, length = record.queue.ready_s, record.length_s
        plain = score(record.queue, length, run(ready, length, slots, by_least(ready)))
        self._floor_s = max(_FLOOR * plain.completion_s, 1e-6)
        self._dated = bool(np.isfinite(record.queue.deadline_s).any())

    def cost(self, weights: Weights) -> float:
        queue, length = self._record.queue, self._record.length_s
        rule = by_priority(queue, weights, self._slots, self._patience_s)
        found = score(queue, length, run(queue.ready_s, length, self._slots, rule))
        completion = float(np.log(found.completion_s))
        if not self._dated:
            return completion
        return 0.5 * completion + 0.5 * float(np.log(found.tardiness_s + self._floor_s))


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
    edges = np.linspace(0, len(record.length_s), _STRETCHES + 1).astype(int)
    parts = [record.part(int(a), int(b)) for a, b in pairwise(edges)]
    stretches = [_Stretch(part, slots, patience_s) for part in parts]
    before = np.array([each.cost(weights) for each in stretches])
    base = np.array([getattr(Weights(), name) for name in LEARNED])
    here = np.log(np.array([getattr(weights, name) for name in LEARNED]) / base)

    def gains(place: Floats, among: slice) -> Floats:
        candidate = Weights().scaled(np.exp(place))
        return np.asarray(before[among] - [each.cost(candidate) for each in stretches[among]], np.float64)

    found = _search(lambda place: float(gains(place, slice(_STRETCHES - 1)).mean()), here, rng)
    for place in (found, (here + found) / 2):
        gained = gains(place, slice(None))
        if gained[-1] > 0 and gained.min() >= -_MOST_LOSS and gained.mean() >= _LEAST_GAIN:
            return Learned(Weights().scaled(np.exp(place)), float(gained[-1]))
    return Learned(weights, 0.0)


def _search(gain: Callable[[Floats], float], start: Floats, rng: np.random.Generator) -> Floats:
    """The place of the largest gain that a few rounds of ever closer draws find."""
    centre, spread = start, np.full(len(start), _SPREAD)
    best, best_gain = start, 0.0
    for _ in range(_ROUNDS):
        draws = np.clip(rng.normal(centre, spread, (_DRAWS, len(start))), -_FARTHEST, _FARTHEST)
        found = np.array([gain(draw) for draw in draws])
        ranked = draws[np.argsort(-found, kind="stable")]
        if found.max() > best_gain:
            best, best_gain = ranked[0], float(found.max())
        elite = np.vstack([best, ranked[: _BEST - 1]])
        centre, spread = elite.mean(axis=0), elite.std(axis=0) + 0.05
    return best

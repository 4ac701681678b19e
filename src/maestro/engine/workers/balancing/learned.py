"""Learned balancing: the worker that is expected to end a task first gets it; speeds are learned online."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from maestro.engine.workers.balancing.base import Load
from maestro.engine.workers.base import Task

MEMORY = 30
"""A new observation weighs at least one part in so many, so that slow changes are followed."""
PRIOR = 2.0
"""Observations of its own that a worker must have before they weigh as much as what is known of all."""
SPREAD = 0.3
"""Spread of the logarithm of a speed that was never seen, which is what makes unknown workers be tried."""
NEARLY = 0.1
"""Expected times within this share of the best are as good; the emptier worker is taken."""
WORTH_WAITING = 0.7
"""A busy worker is waited for where that ends the task in less than this share of the time."""
UNKNOWN_S = 1.0
"""Seconds expected of a unit of work when nothing at all is known; only comparisons use it."""


@dataclass
class _Mean:
    """A running mean that forgets slowly, drawn towards 0 while little was seen."""

    value: float = 0.0
    seen: int = 0

    def add(self, value: float) -> None:
        self.seen += 1
        self.value += (value - self.value) / min(self.seen, MEMORY)

    @property
    def shrunk(self) -> float:
        return self.value * self.seen / (self.seen + PRIOR)


@dataclass
class _Known:
    """How slow a worker is in general, and beyond that in each kind of task, as logarithms of ratios."""

    slow: _Mean = field(default_factory=_Mean)
    kinds: dict[str, _Mean] = field(default_factory=dict)


class LearnedSpeed:
    """Earliest expected finish: the queue of a worker, plus size by its learned speed in that kind of task.

    The logarithm of the seconds a unit of work takes is a sum of three running means: of the kind of task, of
    the worker, and of the worker in that kind; the last two are shrunk towards 0 while little was seen. Free
    workers are compared by a draw from what they may be (Thompson, "On the Likelihood that One Unknown
    Probability Exceeds Another", Biometrika 25, 1933), so that new workers are tried and slow ones again.
    The choice by earliest finish, waiting for a busy worker included, is that of Topcuoglu, Hariri and Wu
    ("Performance-Effective and Low-Complexity Task Scheduling for Heterogeneous Computing", IEEE
    Transactions on Parallel and Distributed Systems 13, 2002).

    Args:
        generator: draws; the same seed and the same observations give the same choices.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._kinds: dict[str, _Mean] = {}
        self._workers: dict[str, _Known] = {}

    def choose(self, task: Task, free: Sequence[Load], busy: Sequence[Load]) -> str | None:
        """The free worker that should end the task first; None where a busy one would still be sooner."""
        if len(free) == 1:
            best = free[0]
        else:
            drawn = {worker.name: self._drawn_s(worker.name, task) for worker in free}
            limit = min(drawn.values()) * (1 + NEARLY)
            near = [worker for worker in free if drawn[worker.name] <= limit]
            best = min(near, key=lambda worker: (len(worker.underway) / worker.slots, drawn[worker.name]))
        if not busy or task.kind not in self._kinds:
            return best.name
        best_s = self.expected_s(best.name, task)
        for worker in busy:
            alone_s = self.expected_s(worker.name, task)
            if alone_s < WORTH_WAITING * best_s and self._queue_s(worker) + alone_s < WORTH_WAITING * best_s:
                return None
        return best.name

    def learn(self, worker: str, task: Task, seconds: float) -> None:
        """Move the means towards what was seen."""
        seen = math.log(max(seconds, 1e-6) / max(task.size, 1e-9))
        known = self._workers.setdefault(worker, _Known())
        kind = self._kinds.setdefault(task.kind, _Mean())
        own = known.kinds.setdefault(task.kind, _Mean())
        kind.add(seen - known.slow.shrunk - own.shrunk)
        known.slow.add(seen - kind.value - own.shrunk)
        own.add(seen - kind.value - known.slow.shrunk)

    def expected_s(self, worker: str, task: Task) -> float:
        """Seconds that the task would take there."""
        return max(task.size, 1e-9) * math.exp(self._log_s(worker, task.kind))

    def speed(self, worker: str) -> float:
        """Speed in general; the geometric mean of all workers is 1."""
        if worker not in self._workers:
            return 1.0
        typical = sum(known.slow.shrunk for known in self._workers.values()) / len(self._workers)
        return math.exp(typical - self._workers[worker].slow.shrunk)

    def forget(self, worker: str) -> None:
        """Forget a worker; kinds of tasks stay known."""
        self._workers.pop(worker, None)

    def _log_s(self, worker: str, kind: str) -> float:
        base = self._kinds[kind].value if kind in self._kinds else math.log(UNKNOWN_S)
        known = self._workers.get(worker)
        if known is None:
            return base
        own = known.kinds.get(kind)
        return base + known.slow.shrunk + (own.shrunk if own else 0.0)

    def _drawn_s(self, worker: str, task: Task) -> float:
        known = self._workers.get(worker)
        seen = known.kinds[task.kind].seen if known and task.kind in known.kinds else 0
        spread = SPREAD / math.sqrt(1 + seen)
        return self.expected_s(worker, task) * math.exp(spread * float(self._generator.standard_normal()))

    def _queue_s(self, worker: Load) -> float:
        """Seconds until a slot is free there; a task that is late is expected to take as long again."""
        left = []
        for task, elapsed_s in worker.underway:
            remaining = self.expected_s(worker.name, task) - elapsed_s
            left.append(remaining if remaining > 0 else elapsed_s)
        slots = left[: worker.slots]
        heapq.heapify(slots)
        for each in left[worker.slots :]:
            heapq.heapreplace(slots, slots[0] + each)
        return slots[0] if len(slots) >= worker.slots else 0.0

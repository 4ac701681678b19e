"""Estimator: how long a task will take, and when it will be done, with an 80 % interval, learned online."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from typing import Any

from maestro.engine.portable import dumps
from maestro.engine.scheduling.forecaster import Forecaster, Interval

_MOST_INPUTS = 8
_PRIOR_OK, _PRIOR_COUNT = 9.5, 10.0
"""Of a kind of which nothing is known, 95 % are taken to succeed, with the weight of ten tasks."""


def features_of(inputs: Mapping[str, Any]) -> dict[str, float]:
    """What is known of a task before it begins, on a logarithmic scale.

    Args:
        inputs: of the workflow; plain data.

    Returns:
        `size`, the length of all inputs together, and by `input.NAME` a number's size or the length of a
        text, list or mapping; at most eight inputs, in the order of their names.

    Raises:
        PermanentError: an input is no plain data.
    """
    found = {"size": math.log1p(len(dumps(dict(inputs))))}
    for name in sorted(inputs)[:_MOST_INPUTS]:
        value = inputs[name]
        if isinstance(value, bool):
            found[f"input.{name}"] = float(value)
        elif isinstance(value, int | float) and math.isfinite(value):
            found[f"input.{name}"] = math.copysign(math.log1p(abs(value)), value)
        elif isinstance(value, str | list | tuple | Mapping):
            found[f"input.{name}"] = math.log1p(len(value))
    return found


def starts(lengths_s: Sequence[float], left_s: Sequence[float], slots: int) -> list[float]:
    """Seconds until each of several tasks begins, the first to go first, and one more after them.

    Args:
        lengths_s: expected lengths of waiting tasks in their order, shape (n,).
        left_s: what each running task still needs.
        slots: how many tasks are worked at once.

    Returns:
        Shape (n + 1,): for each task the moment at which the first slot falls free to it.
    """
    busy = sorted(left_s)[-slots:]
    free = [0.0] * (slots - len(busy)) + busy
    found = []
    for length_s in lengths_s:
        found.append(free[0])
        heapq.heapreplace(free, free[0] + length_s)
    return [*found, free[0]]


def situation(own_s: float, wait_s: float, backlog_s: float) -> dict[str, float]:
    """What is known of the queue in which a task finds itself; what its time to completion rests on.

    Args:
        own_s: its own expected length.
        wait_s: from `starts`.
        backlog_s: all expected work that waits, a slot.
    """
    return {
        "plain": math.log(max(own_s + wait_s, 1e-3)),
        "own": math.log(max(own_s, 1e-3)),
        "wait": math.log1p(wait_s),
        "backlog": math.log1p(backlog_s),
    }


class TaskEstimator:
    """Estimates of tasks: their length, the time until they are done, and whether their kind succeeds.

    Args:
        prior_s: length of a task of which nothing is known, in seconds.
    """

    def __init__(self, prior_s: float = 60.0) -> None:
        self._lengths = Forecaster(prior_s)
        # of what was expected without ever having seen a queue: own length and wait
        self._completions = Forecaster(1.0, shared=())
        self._succeeded: dict[str, tuple[float, float]] = {}

    @property
    def count(self) -> int:
        """Tasks learned from."""
        return self._lengths.count

    def knows(self, kind: str) -> bool:
        """Whether enough tasks of this kind were seen for what is told of it to mean anything."""
        return self._lengths.knows(kind)

    def length(self, kind: str, features: Mapping[str, float]) -> Interval:
        """Seconds from the beginning of such a task to its end."""
        return self._lengths.predict(kind, features)

    def left(self, kind: str, features: Mapping[str, float], elapsed_s: float) -> Interval:
        """Seconds that a task still needs which began `elapsed_s` ago."""
        return self._lengths.remaining(kind, features, elapsed_s)

    def completion(self, kind: str, found: Mapping[str, float], length: Interval) -> Interval:
        """Seconds until a waiting task is done, its waiting included.

        Args:
            kind: its kind.
            found: from `situation`.
            length: from `length`; what is told rests on it alone until enough of its kind were seen to wait.
        """
        if not self._completions.knows(kind):
            return length.plus(math.expm1(found["wait"]))
        return self._completions.predict(kind, found).times(math.exp(found["plain"]))

    def success(self, kind: str) -> float:
        """Share of tasks of this kind that succeed."""
        good, count = self._succeeded.get(kind, (0.0, 0.0))
        return (good + _PRIOR_OK) / (count + _PRIOR_COUNT)

    def ended(self, kind: str, features: Mapping[str, float], seconds: float, *, ok: bool) -> None:
        """Learn the length of a task that has ended; a failure teaches how often, not how long."""
        good, count = self._succeeded.get(kind, (0.0, 0.0))
        self._succeeded[kind] = (good + ok, count + 1)
        if ok:
            self._lengths.observe(kind, features, seconds)

    def completed(
        self, kind: str, found: Mapping[str, float], seconds: float, told: Interval | None = None
    ) -> None:
        """Learn the time to completion of a task, measured from the moment of `found`.

        Args:
            kind: its kind.
            found: the situation at that moment.
            seconds: from that moment to its end.
            told: what `completion` said then.
        """
        plain_s = math.exp(found["plain"])
        self._completions.observe(kind, found, seconds / plain_s, told and told.times(1 / plain_s))

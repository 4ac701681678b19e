"""Estimator: how long a task will take, and when it will be done, with an 80 % interval, learned online."""

from __future__ import annotations

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


def until_free(ahead_s: float, left_s: Sequence[float], slots: int) -> float:
    """Seconds until a slot falls to a task, as if work could be poured.

    Args:
        ahead_s: expected work of waiting tasks that go before it.
        left_s: what each running task still needs.
        slots: how many tasks are worked at once.
    """
    ends = sorted([*([0.0] * (slots - len(left_s))), *left_s])
    poured, level = 0.0, ends[0]
    for busy, until in enumerate(ends[1:], start=1):
        if poured + busy * (until - level) >= ahead_s:
            return level + (ahead_s - poured) / busy
        poured += busy * (until - level)
        level = until
    return level + (ahead_s - poured) / len(ends)


def situation(own_s: float, wait_s: float, backlog_s: float) -> dict[str, float]:
    """What is known of the queue in which a task finds itself; what its time to completion rests on.

    Args:
        own_s: its own expected length.
        wait_s: from `until_free`.
        backlog_s: all expected work that waits, a slot.
    """
    return {
        "plain": math.log(max(own_s + wait_s, 1e-3)),
        "own": math.log(max(own_s, 1e-3)),
        "wait": math.log1p(wait_s),
        "backlog": math.log1p(backlog_s),
    }


_SITUATION = tuple(situation(1.0, 0.0, 0.0))


class TaskEstimator:
    """Estimates of tasks: their length, the time until they are done, and whether their kind succeeds.

    Args:
        prior_s: length of a task of which nothing is known, in seconds.
    """

    def __init__(self, prior_s: float = 60.0) -> None:
        self._lengths = Forecaster(prior_s)
        self._completions = Forecaster(prior_s, shared=_SITUATION)
        self._succeeded: dict[str, tuple[float, float]] = {}

    @property
    def count(self) -> int:
        """Tasks learned from."""
        return self._lengths.count

    def length(self, kind: str, features: Mapping[str, float]) -> Interval:
        """Seconds from the beginning of such a task to its end."""
        return self._lengths.predict(kind, features)

    def left(self, kind: str, features: Mapping[str, float], elapsed_s: float) -> Interval:
        """Seconds that a task still needs which began `elapsed_s` ago."""
        return self._lengths.remaining(kind, features, elapsed_s)

    def completion(self, kind: str, found: Mapping[str, float]) -> Interval:
        """Seconds until a waiting task is done, its waiting included.

        Args:
            kind: its kind.
            found: from `situation`.
        """
        return self._completions.predict(kind, found)

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
        self._completions.observe(kind, found, seconds, told)

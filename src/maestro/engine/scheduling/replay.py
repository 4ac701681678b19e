"""Replay: works recorded tasks through again under another rule, in simulated time, to see its worth."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maestro.engine.scheduling.priority import (
    Floats,
    Queue,
    Weights,
    ages,
    horizon,
    lasting,
    spread,
    urgency,
    weight_row,
)

Chooser = Callable[[NDArray[np.intp], float], int]
"""Given the places of the tasks that wait and the present, the position among them of the next."""


@dataclass(frozen=True)
class Score:
    """What a rule came to, in seconds a task: from ready to end, and lateness weighed by value."""

    completion_s: float
    tardiness_s: float


def run(ready_s: Floats, length_s: Floats, slots: int, choose: Chooser) -> Floats:
    """Begin every task as soon as a slot is free and the rule picks it; work is never interrupted.

    Args:
        ready_s: when each could begin, shape (n,), in any order.
        length_s: how long each really takes, shape (n,).
        slots: how many are worked at once.
        choose: the rule.

    Returns:
        When each began, shape (n,).
    """
    arrivals = np.argsort(ready_s, kind="stable")
    began = np.zeros(len(ready_s))
    waiting = np.empty(len(ready_s), dtype=np.intp)
    count, following = 0, 0
    free = [float("-inf")] * slots
    now = float("-inf")
    while following < len(arrivals) or count:
        now = max(now, free[0])
        if not count:
            now = max(now, float(ready_s[arrivals[following]]))
        while following < len(arrivals) and ready_s[arrivals[following]] <= now:
            waiting[count] = arrivals[following]
            count, following = count + 1, following + 1
        place = choose(waiting[:count], now) if count > 1 else 0
        chosen = int(waiting[place])
        waiting[place : count - 1] = waiting[place + 1 : count].copy()
        count -= 1
        began[chosen] = now
        heapq.heapreplace(free, now + float(length_s[chosen]))
    return began


def by_priority(queue: Queue, weights: Weights, slots: int, patience_s: float) -> Chooser:
    """The product's own rule, on what was known of the tasks beforehand."""
    row = weight_row(weights)
    fixed = row[1:] @ lasting(queue)

    def choose(waiting: NDArray[np.intp], now: float) -> int:
        expected = queue.expected_s[waiting]
        span = horizon(expected, slots, weights.lookahead)
        urgent = urgency(
            expected,
            queue.deadline_s[waiting],
            queue.value[waiting],
            now,
            horizon_s=span,
            impact=weights.impact,
        )
        aged = ages(queue.ready_s[waiting], now, patience_s)
        base = fixed[waiting] + row[0] * urgent
        return int(np.argmax(base + spread(base) * aged))

    return choose


def by_least(key: Floats) -> Chooser:
    """The task with the least key: ready times give first come first served, deadlines earliest deadline."""
    return lambda waiting, _now: int(np.argmin(key[waiting]))


def score(queue: Queue, length_s: Floats, began_s: Floats) -> Score:
    """Mean time to completion, and mean lateness weighed by value over all tasks."""
    ended = began_s + length_s
    late = np.where(np.isfinite(queue.deadline_s), np.maximum(ended - queue.deadline_s, 0.0), 0.0)
    return Score(float(np.mean(ended - queue.ready_s)), float(np.mean(queue.value * late)))

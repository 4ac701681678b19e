"""Priority: who goes next, as a sum of explained parts, with ageing that lets nobody starve.

The part of age is `spread * (age / patience)^3`, where `spread` is by how much the other parts of the tasks
in the queue differ at that moment: whoever became ready `patience` before another is always ahead of it (a
convex power of age grows at least as much over any `patience` as over the first). So once a task has waited
that long, only tasks that are there already can go before it, and on m workers it waits at most
`patience + (work unfinished at that moment) / m`.

The closed form behind it: without deadlines, the value of finishing soon per second of work (Smith's rule on
expected lengths, which for work that is not interrupted is Gittins' index); with deadlines, the apparent
tardiness cost of Vepsalainen and Morton (1987), which discounts the cost of lateness exponentially in the
slack. Factors are logarithms, so that the product of those rules becomes a sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FACTORS = (
    "urgency",
    "complexity",
    "dependencies",
    "resources",
    "history",
    "value",
    "boost",
    "age",
)
"""The parts of a priority, in the order in which `contributions` gives them."""

_DECADES = math.log(1000.0)
_MIDDLE_S = 60.0
_AGE_POWER = 3.0


@dataclass(frozen=True)
class Weights:
    """How much each factor counts, and how urgency is read.

    Args:
        urgency: cost of being late, discounted by the slack that is left.
        complexity: expected length; one is a thousandth of a minute, minus one a thousand minutes.
        dependencies: length of what waits for it, against its own.
        resources: share of what it needs that is free.
        history: share of its kind that succeeded.
        value: what it is worth, apart from lateness.
        boost: what a person has set by hand; never learned.
        lookahead: times the present queue's length, over which slack counts; k of Vepsalainen and Morton.
        impact: cost of an hour late for a value of 1, against that of an hour in the queue.
    """

    urgency: float = _DECADES
    complexity: float = _DECADES
    dependencies: float = 2.0
    resources: float = 1.0
    history: float = 1.0
    value: float = 0.5
    boost: float = _DECADES
    lookahead: float = 0.1
    impact: float = 10.0

    def record(self) -> dict[str, float]:
        """By name, for the records."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def scaled(self, factors: Floats) -> Weights:
        """Every learned weight times its factor, in the order of LEARNED."""
        changed = {name: getattr(self, name) * float(by) for name, by in zip(LEARNED, factors, strict=True)}
        return replace(self, **changed)


LEARNED = ("urgency", "complexity", "dependencies", "resources", "history", "value", "lookahead", "impact")
"""The weights that are learned from what came of them."""


@dataclass(frozen=True)
class Queue:
    """Tasks that could begin, a column an attribute, all of shape (n,).

    Args:
        ready_s: since when each could begin, in seconds of any one clock.
        expected_s: expected length.
        deadline_s: on the same clock; infinity for none.
        value: what it is worth, 1 as a rule.
        tail_s: length of the longest chain of tasks that wait for it.
        available: share of the resources that it needs that is free, between 0 and 1.
        success: share of its kind that succeeded, between 0 and 1.
        boost: set by a person, between -1 and 1.
    """

    ready_s: Floats
    expected_s: Floats
    deadline_s: Floats
    value: Floats
    tail_s: Floats
    available: Floats
    success: Floats
    boost: Floats

    def __len__(self) -> int:
        return len(self.ready_s)

    def take(self, places: NDArray[np.intp]) -> Queue:
        """Those at the given places."""
        return Queue(**{each.name: getattr(self, each.name)[places] for each in fields(self)})

    def joined(self, others: Queue) -> Queue:
        """These, then the others."""
        columns = [(getattr(self, each.name), getattr(others, each.name)) for each in fields(self)]
        return Queue(*(np.concatenate(each) for each in columns))


def lasting(queue: Queue) -> Floats:
    """The factors that time does not change, one row each, shape (5, n): complexity to boost."""
    expected = np.maximum(queue.expected_s, 1e-3)
    return np.stack(
        [
            np.clip(-np.log(expected / _MIDDLE_S) / _DECADES, -1.0, 1.0),
            np.clip(np.log1p(queue.tail_s / expected) / _DECADES, 0.0, 1.0),
            np.clip(queue.available, 0.0, 1.0),
            np.clip(queue.success, 0.0, 1.0),
            np.clip(np.log(np.maximum(queue.value, 1e-6)) / _DECADES, -1.0, 1.0),
            np.clip(queue.boost, -1.0, 1.0),
        ]
    )


def urgency(
    expected_s: Floats, deadline_s: Floats, value: Floats, now_s: float, *, horizon_s: float, impact: float
) -> Floats:
    """What being late would cost, discounted by the slack left, between 0 and 1.

    Args:
        expected_s: expected lengths, shape (n,).
        deadline_s: deadlines, infinity for none, shape (n,).
        value: what each is worth, shape (n,).
        now_s: the present, on the clock of the deadlines.
        horizon_s: seconds of slack that discount the cost to a third.
        impact: see Weights.
    """
    slack = np.maximum(deadline_s - now_s - expected_s, 0.0)
    cost = impact * value * np.exp(-slack / max(horizon_s, 1e-3))
    return np.clip(np.log1p(cost) / _DECADES, 0.0, 1.0)


def horizon(expected_s: Floats, slots: int, lookahead: float) -> float:
    """Seconds of slack that count at present: a multiple of what the queue takes to work off."""
    return lookahead * float(expected_s.mean() + expected_s.sum() / slots)


def ages(ready_s: Floats, now_s: float, patience_s: float) -> Floats:
    """The factor of age: 1 once a task has been ready for `patience_s`, and growing beyond."""
    return np.maximum((now_s - ready_s) / patience_s, 0.0) ** _AGE_POWER


def contributions(queue: Queue, now_s: float, weights: Weights, *, slots: int, patience_s: float) -> Floats:
    """What each factor adds to each priority.

    Args:
        queue: n tasks that could begin.
        now_s: the present.
        weights: how much each factor counts.
        slots: how many tasks are worked at once.
        patience_s: how much later another may become ready and still go first.

    Returns:
        Shape (n, 8), columns in the order of FACTORS; a row's sum is the priority.
    """
    found = values(queue, now_s, weights, slots=slots, patience_s=patience_s)
    found[:, :-1] *= weight_row(weights)
    found[:, -1] *= spread(found[:, :-1].sum(axis=1))
    return found


def spread(base: Floats) -> float:
    """By how much priorities without age differ; what age weighs."""
    return float(np.ptp(base)) if len(base) else 0.0


def values(queue: Queue, now_s: float, weights: Weights, *, slots: int, patience_s: float) -> Floats:
    """The factors themselves, before they are weighed; see `contributions`."""
    span = horizon(queue.expected_s, slots, weights.lookahead) if len(queue) else 1.0
    urgent = urgency(
        queue.expected_s, queue.deadline_s, queue.value, now_s, horizon_s=span, impact=weights.impact
    )
    rows: Floats = np.vstack([urgent, lasting(queue), ages(queue.ready_s, now_s, patience_s)])
    return rows.T


def weight_row(weights: Weights) -> Floats:
    """The weights in the order of FACTORS, without that of age."""
    return np.array([getattr(weights, name) for name in FACTORS[:-1]])


def order(queue: Queue, now_s: float, weights: Weights, *, slots: int, patience_s: float) -> NDArray[np.intp]:
    """Places of the tasks, the first to go first; among equals the one that has been ready longest."""
    total = contributions(queue, now_s, weights, slots=slots, patience_s=patience_s).sum(axis=1)
    return np.lexsort((queue.ready_s, -total))

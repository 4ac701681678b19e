"""Ranking: the waiting tasks in their order at one moment, each with an explained priority and a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from maestro.engine.scheduling.estimator import TaskEstimator, situation, starts
from maestro.engine.scheduling.explanation import Factor, Findings, factor_words, placement
from maestro.engine.scheduling.forecaster import Interval
from maestro.engine.scheduling.priority import FACTORS, Queue, Weights, contributions, values
from maestro.engine.scheduling.task import NewTask, Task
from maestro.engine.words import Words

_FAR_S = 10 * 366 * 86_400.0
"""No end is told that lies farther away than ten years."""


@dataclass(frozen=True)
class Ends:
    """When a task will be done: the median, and the bounds between which it will be in 80 % of cases."""

    at: datetime
    low: datetime
    high: datetime

    @classmethod
    def after(cls, now: datetime, seconds: Interval) -> Ends:
        """That many seconds from `now`."""
        middle, low, high = (
            timedelta(seconds=min(each, _FAR_S)) for each in (seconds.median, seconds.low, seconds.high)
        )
        return cls(now + middle, now + low, now + high)

    def shape(self) -> dict[str, str]:
        """As the API sends it."""
        return {"at": self.at.isoformat(), "low": self.low.isoformat(), "high": self.high.isoformat()}


class Ranking:
    """The order of tasks that could begin.

    Args:
        tasks: those that wait and are ready, each once.
        now: the moment.
        weights: how much each factor counts.
        estimator: tells lengths and shares of success.
        lengths: expected length of any waiting task by id, those included that are not ready.
        needs: by id of each task that is not ready, which tasks it waits for.
        left_s: what each running task still needs, in seconds.
        strangers: how many of the running tasks are of kinds of which too little is known.
        slots: how many tasks are worked at once.
        patience_s: see `maestro.engine.scheduling.priority`.
        free: resources that are free, by name; None where nothing is known of them.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        now: datetime,
        *,
        weights: Weights,
        estimator: TaskEstimator,
        lengths: Mapping[str, Interval],
        needs: Mapping[str, Sequence[str]],
        left_s: Sequence[float],
        strangers: int = 0,
        slots: int,
        patience_s: float,
        free: Mapping[str, float] | None = None,
    ) -> None:
        self.now = now
        self._estimator, self._lengths, self.left_s, self.slots = estimator, lengths, left_s, slots
        tails = tails_of(needs, {each: length.mean for each, length in lengths.items()})
        columns = [
            (
                (task.ready_at or now).timestamp(),
                lengths[task.id].mean,
                task.deadline.timestamp() if task.deadline else np.inf,
                task.value,
                tails.get(task.id, 0.0),
                available(task.resources, free),
                estimator.success(task.kind),
                task.boost,
            )
            for task in tasks
        ]
        self.queue = Queue(*np.asarray(columns, dtype=np.float64).reshape(len(tasks), 8).T)
        moment = now.timestamp()
        parts = contributions(self.queue, moment, weights, slots=slots, patience_s=patience_s)
        order = np.lexsort((self.queue.ready_s, -parts.sum(axis=1)))
        self.tasks = [tasks[place] for place in order]
        self.queue = self.queue.take(order)
        self._parts = parts[order]
        self._values = values(self.queue, moment, weights, slots=slots, patience_s=patience_s)
        self._usual = parts.mean(axis=0) if len(tasks) else np.zeros(len(FACTORS))
        self._strangers = strangers
        self._weights, self._patience_s, self._free = weights, patience_s, free
        self.places = {task.id: place for place, task in enumerate(self.tasks)}

    @property
    def new(self) -> int:
        """How many of the waiting tasks are of kinds of which too little is known."""
        return int(self._new.sum())

    @property
    def backlog_s(self) -> float:
        """Expected work that waits and could begin, in seconds."""
        return float(self.queue.expected_s.sum())

    def priority(self, task_id: str) -> float:
        """The sum of the contributions of a task."""
        return float(self._parts[self.places[task_id]].sum())

    def factors(self, task_id: str) -> tuple[Factor, ...]:
        """The parts of its priority, in the order of FACTORS."""
        place = self.places[task_id]
        queue = self.queue
        found = Findings(
            task=self.tasks[place],
            now=self.now,
            expected_s=self._lengths[task_id].median if self._knows(place) else None,
            tail_s=float(queue.tail_s[place]),
            available=float(queue.available[place]),
            success=float(queue.success[place]),
        )
        parts, values_ = self._parts[place], self._values[place]
        return tuple(
            Factor(name, float(value), self._weight(name), float(part), factor_words(name, found))
            for name, value, part in zip(FACTORS, values_, parts, strict=True)
        )

    def _weight(self, name: str) -> float:
        if name == "age":
            return float(np.ptp(self._parts[:, :-1].sum(axis=1)))
        return float(getattr(self._weights, name))

    def explanation(self, task_id: str) -> Words:
        """Why it stands where it stands."""
        return placement(self.places[task_id] + 1, len(self.tasks), self.factors(task_id), self._usual)

    def situation(self, task_id: str) -> dict[str, float]:
        """What its time to completion rests on; see `maestro.engine.scheduling.estimator.situation`."""
        place = self.places[task_id]
        wait = self._starts[place]
        rest = self.backlog_s - float(self.queue.expected_s[place])
        return situation(self._lengths[task_id].median, wait, rest / self.slots)

    def situation_of(
        self, length: Interval, due_s: float, new: NewTask, *, since_s: float = 0.0
    ) -> dict[str, float]:
        """The situation of a task that has only just been asked for.

        Args:
            length: how long it takes.
            due_s: its deadline in seconds since 1970, infinity for none.
            new: the rest of it.
            since_s: expected work that was asked for since this ranking was made.
        """
        moment, share = self.now.timestamp(), available(new.resources, self._free)
        success = self._estimator.success(new.kind)
        row = Queue(
            *(
                np.array([each])
                for each in (moment, length.mean, due_s, new.value, 0.0, share, success, new.boost)
            )
        )
        totals = contributions(
            self.queue.joined(row), moment, self._weights, slots=self.slots, patience_s=self._patience_s
        ).sum(axis=1)
        ahead = self.queue.expected_s[totals[:-1] >= totals[-1]]
        wait_s, backlog_s = starts(ahead.tolist(), self.left_s, self.slots)[-1], self.backlog_s
        if backlog_s > 0:
            wait_s += since_s / self.slots * float(ahead.sum()) / backlog_s
        return situation(length.median, wait_s, (backlog_s + since_s) / self.slots)

    def ends(self, task_id: str) -> Ends | None:
        """When it will be done; None where too little is known of its kind, or of most of what goes first."""
        place = self.places[task_id]
        if not self._knows(place):
            return None
        before, wait_s = place + len(self.left_s), self._starts[place]
        if wait_s > 0 and 2 * (self._strangers + int(self._new[:place].sum())) > before:
            return None
        length = self._lengths[task_id]
        told = self._estimator.completion(self.tasks[place].kind, self.situation(task_id), length)
        # whatever was seen in quieter times: it begins once a slot is free, and takes as long as it takes
        return Ends.after(self.now, told.at_least(self._starts[0] + length.low))

    def _knows(self, place: int) -> bool:
        return not self._new[place]

    @cached_property
    def _new(self) -> NDArray[np.bool_]:
        """Which tasks are of kinds of which too little is known, in their order, shape (n,)."""
        return np.array([not self._estimator.knows(task.kind) for task in self.tasks], dtype=np.bool_)

    @cached_property
    def _starts(self) -> Sequence[float]:
        """Seconds until each task begins, in their order, and one more after them, shape (n + 1,)."""
        return starts(self.queue.expected_s.tolist(), self.left_s, self.slots)


def available(needed: Mapping[str, float], free: Mapping[str, float] | None) -> float:
    """Share of what a task needs that is free, by the scarcest resource, between 0 and 1."""
    if free is None:
        return 1.0
    shares = [min(1.0, free.get(name, 0.0) / amount) for name, amount in needed.items() if amount > 0]
    return max(0.0, min(shares, default=1.0))


def tails_of(needs: Mapping[str, Sequence[str]], expected_s: Mapping[str, float]) -> dict[str, float]:
    """Length of the longest chain of tasks that wait for each task, itself left out.

    Args:
        needs: by task, which tasks it waits for; without circles.
        expected_s: expected length by task.
    """
    followers: dict[str, list[str]] = {}
    for task_id, needed in needs.items():
        for each in needed:
            followers.setdefault(each, []).append(task_id)
    tails: dict[str, float] = {}
    for root in followers:
        _measure(root, followers, expected_s, tails)
    return tails


def _measure(
    root: str,
    followers: Mapping[str, Sequence[str]],
    expected_s: Mapping[str, float],
    tails: dict[str, float],
) -> None:
    """Fill in the tails below `root`, the deepest first; chains may be too long for recursion."""
    stack = [root]
    while stack:
        here = stack[-1]
        below = followers.get(here, ())
        unknown = [each for each in below if each not in tails]
        if unknown:
            stack.extend(unknown)
            continue
        stack.pop()
        tails[here] = max((tails[each] + expected_s.get(each, 0.0) for each in below), default=0.0)

"""Desk: where tasks are asked for, changed, listed and explained.

It answers from the backlog and from what was learned. Every method may be called from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from maestro.clock import Clock
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.better_order import propose
from maestro.engine.scheduling.bottleneck import BottleneckFinder
from maestro.engine.scheduling.estimator import features_of
from maestro.engine.scheduling.experience import Experience
from maestro.engine.scheduling.forecaster import Interval
from maestro.engine.scheduling.ranking import Ends, Ranking
from maestro.engine.scheduling.shortage import predict_shortage
from maestro.engine.scheduling.task import NewTask, Task, TaskStatus
from maestro.engine.scheduling.view import Forecast, TaskView, plain_words
from maestro.settings import SchedulerSettings

_LATER = tuple(status for status in TaskStatus if status is not TaskStatus.WAITING)
_GROWN = 1.1
_FEW = 50
"""So few tasks are ranked anew for every one that comes; more are ranked from time to time."""
_RANKED_S = 0.2
"""Seconds for which an order serves to admit from it ..."""
_RANKED_A_SECOND = 3_000
"""... and a second more for every so many tasks, a tenth of which goes into ranking them."""
_LOOK_BACK = timedelta(days=14)
_MOST_ARRIVALS = 5_000


class TaskDesk:
    """What others ask of the scheduler.

    Args:
        backlog: the tasks.
        experience: what was learned from ended ones.
        clock: the backlog's.
        settings: slots and patience.
        finder: measures bottlenecks; None where nobody does.
        free: tells which resources are free, by name; None where nobody knows.
        check: raises where a workflow is unknown or its inputs are wrong.
        seed: of the search for a better order.

    Example:
        desk.submit("replenish", {"sales": [3, 1, 4]}, deadline=tomorrow, value=5).shape()
    """

    def __init__(
        self,
        backlog: Backlog,
        experience: Experience,
        clock: Clock,
        settings: SchedulerSettings,
        *,
        finder: BottleneckFinder | None = None,
        free: Callable[[], Mapping[str, float]] | None = None,
        check: Callable[[str, Mapping[str, Any]], None] = lambda _workflow, _inputs: None,
        seed: int = 42,
    ) -> None:
        self._backlog, self._experience, self._clock, self._settings = backlog, experience, clock, settings
        self._finder, self._free, self._check, self._seed = finder, free, check, seed
        self._lock = experience.lock
        self._ranking: Ranking | None = None
        self._held: list[Task] = []
        self._since_s = 0.0
        self._stale = False
        self._lengths: dict[str, Interval] = {}
        self._lengths_at = 0
        self._new: set[str] = set()
        self.on_change: Callable[[], None] = lambda: None

    # Asking

    def submit(
        self,
        workflow: str,
        inputs: Mapping[str, Any],
        *,
        kind: str | None = None,
        deadline: datetime | None = None,
        value: float = 1.0,
        boost: float = 0.0,
        needs: Sequence[str] = (),
        resources: Mapping[str, float] | None = None,
        task_id: str = "",
    ) -> TaskView:
        """Put a task into the backlog; asking twice with one id is asking once. See NewTask.

        Raises:
            NotFoundError: no such workflow.
            InputError: an input, the id, the value, the boost or a needed task is not allowed.
            PermanentError: an input is no plain data.
            ConflictError: the id belongs to another task.
        """
        self._check(workflow, inputs)
        new = NewTask(
            workflow=workflow,
            inputs=inputs,
            kind=kind or workflow,
            deadline=deadline,
            value=value,
            boost=boost,
            needs=tuple(needs),
            resources=dict(resources or {}),
            id=task_id,
        )
        task = self._backlog.submit(new, None if needs else self._foresee(new))
        self._stale = True
        self.on_change()
        return self._view(task, self.ranking(exact=False))

    def change(self, task_id: str, **changes: Any) -> TaskView:
        """Change `deadline` (None takes it away), `value` or `boost`; what is left out or None stays.

        Raises:
            NotFoundError: no such task.
            ConflictError: it has ended.
            InputError: a value is not allowed.
        """
        given = {name: each for name, each in changes.items() if name == "deadline" or each is not None}
        task = self._backlog.change(task_id, **given)
        self.on_change()
        return self._view(task, self.ranking(0.0))

    def get(self, task_id: str) -> TaskView:
        """One task, explained.

        Raises:
            NotFoundError: there is none with this id.
        """
        return self._view(self._backlog.get(task_id), self.ranking())

    def list(
        self,
        *,
        status: Collection[str] = (),
        kind: str = "",
        text: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[Sequence[TaskView], int]:
        """Tasks, and how many there are in all: those that wait by priority, then the rest, youngest first.

        Args:
            status: any of these; all when empty.
            kind: only this one, unless empty.
            text: only where the id, the kind or the workflow holds these letters.
            limit: how many at most.
            offset: how many to leave out first.

        Raises:
            InputError: no such status.
        """
        ranking = self.ranking()
        waiting: list[Task] = []
        if not status or TaskStatus.WAITING in status:
            with self._lock:
                everyone = [*ranking.tasks, *self._held]
            still = self._backlog.waiting_ids()  # some may have begun since they were ranked
            waiting = [each for each in everyone if each.id in still and _matches(each, kind, text)]
        rest = [each for each in status or _LATER if each != TaskStatus.WAITING]
        shown = waiting[offset : offset + limit]
        total = len(waiting)
        if rest:
            total += self._backlog.count(status=rest, kind=kind, text=text)
            missing = limit - len(shown)
            if missing > 0:
                beyond = max(0, offset - len(waiting))
                found = self._backlog.page(status=rest, kind=kind, text=text, limit=missing, offset=beyond)
                shown += found
        return [self._view(each, ranking) for each in shown], total

    def forecast(self) -> Forecast:
        """What the backlog comes to in the next hours, and a better order where there is one."""
        now = self._clock.now()
        ranking = self.ranking()
        recent = self._backlog.submitted_since(now - _LOOK_BACK, _MOST_ARRIVALS)
        admitted = self._backlog.admitted()
        with self._lock:
            arrivals = [(each.submitted_at, self._work_s(each)) for each in recent if self._is_known(each)]
            backlog_s = self._backlog_s(ranking)
        slots, pausing = ranking.slots, sum(each.waits for each in admitted)
        better = None
        if backlog_s is not None:
            better = propose(ranking.queue, now.timestamp(), slots, np.random.default_rng(self._seed))
        return Forecast(
            backlog_s=backlog_s,
            slots=slots,
            at_work=len(admitted) - pausing,
            pausing=pausing,
            shortage=predict_shortage(arrivals, backlog_s=backlog_s or 0.0, slots=slots, now=now),
            bottleneck=None if self._finder is None else self._finder.find(),
            proposed_order=[ranking.tasks[place].id for place in better.places] if better else [],
            gain_s=better.gain_s if better else 0.0,
        )

    def forget(self, before: datetime) -> int:
        """Delete tasks that ended before a moment; how many there were."""
        return self._backlog.forget(before)

    # For the scheduler

    def ranking(self, oldest_s: float = 1.0, *, exact: bool = True) -> Ranking:
        """The tasks that could begin, in their order.

        Args:
            oldest_s: seconds for which an order made before will do; 0 makes it anew.
            exact: whether tasks that came since must be in it, however many wait; few are always ranked.
        """
        with self._lock:
            now = self._clock.now()
            known = self._ranking
            young = known is not None and abs((now - known.now).total_seconds()) < oldest_s
            if known is not None and young and not (self._stale and (exact or len(known.tasks) <= _FEW)):
                return known
            self._ranking = self._rank(now)
            return self._ranking

    def order_to_admit(self) -> Ranking:
        """The order from which to admit: younger the fewer wait, for ranking thousands takes a while."""
        with self._lock:
            count = 0 if self._ranking is None else len(self._ranking.tasks)
            return self.ranking(_RANKED_S + count / _RANKED_A_SECOND, exact=False)

    def learned(self) -> int:
        """Learn from tasks that ended since the last time; how many there were."""
        with self._lock:
            return self._experience.catch_up()

    def _rank(self, now: datetime) -> Ranking:
        self._stale = False
        waiting = self._backlog.waiting()
        self._forget(waiting)
        self._held = [each for each in waiting if each.ready_at is None]
        self._since_s = 0.0
        admitted = self._backlog.admitted()
        at_work = [each for each in admitted if not each.waits]
        slots = self._settings.slots * max(1, len({each.admitted_by for each in admitted}))
        return Ranking(
            [each for each in waiting if each.ready_at is not None],
            now,
            weights=self._experience.weights,
            estimator=self._experience.estimator,
            lengths={each.id: self._length(each) for each in waiting},
            needs=self._backlog.links() if self._held else {},
            left_s=[self._left_s(each, now) for each in at_work],
            strangers=sum(not self._is_known(each) for each in at_work),
            slots=slots,
            patience_s=self._settings.patience_s,
            free=None if self._free is None else self._free(),
        )

    def _forget(self, waiting: Sequence[Task]) -> None:
        """Estimate anew once clearly more is known; drop what no longer waits."""
        estimator = self._experience.estimator
        if estimator.count > self._lengths_at * _GROWN or any(map(estimator.knows, self._new)):
            self._lengths, self._lengths_at, self._new = {}, estimator.count, set()
        here = {each.id for each in waiting}
        self._lengths = {each: length for each, length in self._lengths.items() if each in here}

    def _length(self, task: Task) -> Interval:
        found = self._lengths.get(task.id)
        if found is None:
            found = self._experience.estimator.length(task.kind, task.features)
            self._lengths[task.id] = found
            if not self._is_known(task):
                self._new.add(task.kind)
        return found

    def _is_known(self, task: Task) -> bool:
        return self._experience.estimator.knows(task.kind)

    def _backlog_s(self, ranking: Ranking) -> float | None:
        """Expected work that waits, in seconds; None where too little is known of most of it."""
        count = len(ranking.tasks) + len(self._held)
        new = ranking.new + sum(not self._is_known(each) for each in self._held)
        if 2 * new > count:
            return None
        return ranking.backlog_s + sum(self._length(each).mean for each in self._held)

    def _work_s(self, task: Task) -> float:
        """Seconds of work that a task brought, or will."""
        over = task.ended_at is not None and task.admitted_at is not None
        return task.seconds() if over else self._length(task).mean

    def _foresee(self, new: NewTask) -> dict[str, Any] | None:
        """What is foreseen of a task at the moment at which it is submitted; None where its kind is new."""
        estimator = self._experience.estimator
        with self._lock:
            ranking = self.ranking(exact=False)
            length = estimator.length(new.kind, features_of(new.inputs))
            due_s = new.deadline.timestamp() if new.deadline else np.inf
            found = ranking.situation_of(length, due_s, new, since_s=self._since_s)
            self._since_s += length.mean
            if not estimator.knows(new.kind):
                return None
            told = estimator.completion(new.kind, found, length)
        return {"situation": found, "completion": vars(told), "length_s": length.mean}

    # Showing

    def _view(self, task: Task, ranking: Ranking) -> TaskView:
        now = self._clock.now()
        with self._lock:
            if task.status is TaskStatus.WAITING and task.id in ranking.places:
                return TaskView(
                    task=task,
                    priority=ranking.priority(task.id),
                    factors=ranking.factors(task.id),
                    explanation=ranking.explanation(task.id),
                    length=self._told_length(task),
                    ends=ranking.ends(task.id),
                    age_s=task.age_s(now),
                )
            return TaskView(
                task=task,
                priority=0.0,
                factors=(),
                explanation=plain_words(task),
                length=self._told_length(task),
                ends=self._running_ends(task, now),
                age_s=task.age_s(now),
            )

    def _told_length(self, task: Task) -> Interval | None:
        return self._length(task) if self._is_known(task) else None

    def _left(self, task: Task, now: datetime) -> Interval:
        return self._experience.estimator.left(task.kind, task.features, task.elapsed_s(now))

    def _left_s(self, task: Task, now: datetime) -> float:
        """What an admitted task still needs, in seconds."""
        return self._left(task, now).median

    def _running_ends(self, task: Task, now: datetime) -> Ends | None:
        """When a task at work will be done; None where that rests on an answer, or too little is known."""
        if task.status is not TaskStatus.ADMITTED or task.waits or not self._is_known(task):
            return None
        return Ends.after(now, self._left(task, now))


def _matches(task: Task, kind: str, text: str) -> bool:
    letters = text.casefold()
    return (not kind or task.kind == kind) and (
        not letters or any(letters in each.casefold() for each in (task.id, task.kind, task.workflow))
    )

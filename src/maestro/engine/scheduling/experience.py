"""Experience: what the scheduler has learned from ended tasks, and the weights that it learned to use."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import RLock

import numpy as np
from sqlalchemy import select

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.backlog_tables import WeightsRow
from maestro.engine.scheduling.estimator import TaskEstimator
from maestro.engine.scheduling.forecaster import Interval
from maestro.engine.scheduling.learning import Record, learn
from maestro.engine.scheduling.priority import Queue, Weights
from maestro.engine.scheduling.task import Task, TaskStatus
from maestro.settings import SchedulerSettings
from maestro.telemetry import get_logger

_log = get_logger("scheduler")

_LEAST_QUEUED = 0.05
"""Share of tasks that must have waited before another order is looked for."""
_OVERLAP = timedelta(seconds=60)
"""Outcomes of other processes may become visible a little after their own time."""


class Experience:
    """Learns from ended tasks, whichever process ended them; what it knows is rebuilt from the records.

    Args:
        backlog: where ended tasks are.
        records: where weights are kept.
        clock: stamps them.
        settings: how much to learn from, and how often.
        executor_id: who learned.
        seed: of the search for weights.
    """

    def __init__(
        self,
        backlog: Backlog,
        records: Database,
        clock: Clock,
        settings: SchedulerSettings,
        *,
        executor_id: str,
        seed: int,
    ) -> None:
        self._backlog, self._records, self._clock = backlog, records, clock
        self._settings, self._executor_id = settings, executor_id
        self._rng = np.random.default_rng(seed)
        self._until: datetime | None = None
        self._known: dict[str, datetime] = {}
        self._since_learning = 0
        self.lock = RLock()
        """Held by whoever asks or teaches the estimator; threads of the server ask it too."""
        self.estimator = TaskEstimator()
        self.weights = Weights()

    def recall(self) -> None:
        """Learn from the records what was known before this process began."""
        with self._records.reader() as session:
            row = session.scalar(select(WeightsRow).order_by(WeightsRow.id.desc()).limit(1))
        if row is not None:
            known = Weights().record()
            self.weights = Weights(**{name: row.weights.get(name, known[name]) for name in known})
        self.catch_up()
        self._since_learning = 0

    def catch_up(self) -> int:
        """Learn from tasks that ended since the last time; how many there were."""
        since = None if self._until is None else self._until - _OVERLAP
        found = [
            task for task in self._backlog.ended(self._settings.history, since) if task.id not in self._known
        ]
        with self.lock:
            for task in found:
                self._learn_task(task)
        if self._until is not None:
            horizon = self._until - _OVERLAP
            self._known = {each: ended for each, ended in self._known.items() if ended > horizon}
        self._since_learning += len(found)
        return len(found)

    def _learn_task(self, task: Task) -> None:
        assert task.ended_at is not None
        ok = task.status is TaskStatus.DONE
        self.estimator.ended(task.kind, task.features, task.seconds(), ok=ok)
        if ok and task.foreseen is not None:
            told = task.foreseen["completion"]
            seconds = task.age_s(task.ended_at) - task.paused_s(task.ended_at)
            self.estimator.completed(task.kind, task.foreseen["situation"], seconds, Interval(**told))
        self._known[task.id] = task.ended_at
        self._until = task.ended_at if self._until is None else max(self._until, task.ended_at)

    @property
    def is_due(self) -> bool:
        """Whether enough tasks have ended to look for better weights again."""
        return self._since_learning >= self._settings.learn_every

    async def improve(self) -> None:
        """Look for better weights, beside the loop, and keep them where they prove better."""
        self._since_learning = 0
        tasks = await asyncio.to_thread(self._backlog.ended, self._settings.history)
        done = [task for task in tasks if task.status is TaskStatus.DONE]
        if not self._queued(done):
            return
        record = await asyncio.to_thread(self._record, done)
        before = self.weights
        learned = await asyncio.to_thread(
            learn,
            record,
            before,
            slots=self._settings.slots,
            patience_s=self._settings.patience_s,
            rng=self._rng,
        )
        if learned.weights == before:
            return
        self.weights = learned.weights
        _log.info("better weights", gain=round(learned.gain, 3), tasks=len(record.length_s))
        await asyncio.to_thread(self._keep, learned.gain, len(record.length_s))

    def _keep(self, gain: float, tasks: int) -> None:
        with self._records.session() as session:
            session.add(
                WeightsRow(
                    at=self._clock.now(),
                    executor_id=self._executor_id,
                    weights=self.weights.record(),
                    gain=gain,
                    tasks=tasks,
                )
            )

    def _queued(self, tasks: Sequence[Task]) -> bool:
        """Whether enough tasks had to wait; where nobody queues, no order is better than another."""
        least = timedelta(seconds=2 * self._settings.poll_s)
        waited = sum(
            task.admitted_at is not None and task.admitted_at - (task.ready_at or task.submitted_at) > least
            for task in tasks
        )
        return waited > _LEAST_QUEUED * len(tasks)

    def _record(self, done: Sequence[Task]) -> Record:
        """Ended tasks as the search for weights takes them, in the order in which they became ready."""
        with self.lock:
            return self._columns(sorted(done, key=lambda task: (task.ready_at or task.submitted_at, task.id)))

    def _columns(self, ordered: Sequence[Task]) -> Record:
        columns = [
            (
                (task.ready_at or task.submitted_at).timestamp(),
                self._expected_s(task),
                task.deadline.timestamp() if task.deadline else np.inf,
                task.value,
                0.0,
                1.0,
                self.estimator.success(task.kind),
                task.boost,
            )
            for task in ordered
        ]
        queue = Queue(*np.asarray(columns, dtype=np.float64).reshape(len(ordered), 8).T)
        return Record(queue, np.array([max(task.seconds(), 1e-3) for task in ordered]))

    def _expected_s(self, task: Task) -> float:
        """What was expected of it when it was submitted; what is expected now would know how it went."""
        if task.foreseen is not None:
            return float(task.foreseen["length_s"])
        return self.estimator.length(task.kind, task.features).mean

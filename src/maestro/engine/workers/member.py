"""Member: what a pool keeps of one of its workers: its tasks, its counts and how busy it was."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from maestro.engine.workers.base import Started, Task, WorkerInfo, WorkerState
from maestro.engine.workers.load_history import LoadHistory
from maestro.engine.workers.worker import Usage, Worker

USAGE_AGE_S = 1.0


@dataclass(eq=False)
class Job:
    """A task that was asked for, until it is done."""

    task: Task
    number: int
    context: contextvars.Context
    done: asyncio.Future[Any]
    awaiters: int = 0
    losses: int = 0
    gone: bool = False
    waiting_since: float = field(default_factory=time.perf_counter)
    listeners: list[Started] = field(default_factory=list)
    work: asyncio.Task[None] | None = None
    member: Member | None = None


class Member:
    """A worker in a pool.

    Args:
        worker: the worker.
        now: when it joined.
    """

    def __init__(self, worker: Worker, now: datetime) -> None:
        self.worker = worker
        self.history = LoadHistory(now)
        self.joined_at = self.seen_at = now
        self.alive = False
        self.retired = False
        self.deaths = 0
        self.done = 0
        self.failed = 0
        self._jobs: dict[Job, float] = {}
        self._taken: dict[str, float] = {}
        self._usage, self._usage_at = Usage(), float("-inf")

    @property
    def name(self) -> str:
        return self.worker.name

    @property
    def slots(self) -> int:
        return self.worker.slots

    @property
    def jobs(self) -> list[Job]:
        """What it was given and has not ended."""
        return list(self._jobs)

    @property
    def underway(self) -> Sequence[tuple[Task, float]]:
        """The tasks that it has, each with the seconds since it got it."""
        now = time.perf_counter()
        return [(job.task, now - since) for job, since in self._jobs.items()]

    @property
    def used(self) -> float:
        """The share of CPU or memory that is used, whichever is scarcer."""
        usage = self.usage()
        memory = (
            usage.memory_bytes / self.worker.memory_limit_bytes if self.worker.memory_limit_bytes else 0.0
        )
        return min(1.0, max(usage.cpu_percent / (100.0 * self.slots), memory))

    @property
    def takes_tasks(self) -> bool:
        """Whether it may be given anything."""
        return self.alive and not self.retired

    @property
    def state(self) -> WorkerState:
        if self.retired:
            return "retired"
        if not self.alive:
            return "lost"
        return "busy" if self._jobs else "idle"

    def usage(self) -> Usage:
        """CPU and memory, at most a second old."""
        now = time.perf_counter()
        if self.alive and now - self._usage_at >= USAGE_AGE_S:
            self._usage, self._usage_at = self.worker.usage(), now
        return self._usage

    def offers(self, task: Task) -> bool:
        """Whether it could do the task at all."""
        return all(self.worker.resources.get(name, 0.0) >= much for name, much in task.resources.items())

    def has_room(self, task: Task, ahead: int = 0) -> bool:
        """Whether it could begin the task now, or could hold it ready."""
        return len(self._jobs) < self.slots + ahead and all(
            self.worker.resources.get(name, 0.0) - self._taken.get(name, 0.0) >= much - 1e-9
            for name, much in task.resources.items()
        )

    def take(self, job: Job, now: datetime) -> None:
        """Begin with a task."""
        self._jobs[job] = time.perf_counter()
        self._count(job, 1.0, now)

    def release(self, job: Job, now: datetime) -> None:
        """Be done with a task, however it went."""
        del self._jobs[job]
        self._count(job, -1.0, now)

    def info(self, speed: float) -> WorkerInfo:
        """As others see it."""
        usage = self.usage()
        worker = self.worker
        return WorkerInfo(
            name=worker.name,
            address=worker.address,
            kind=worker.kind,
            state=self.state,
            slots=worker.slots,
            running=len(self._jobs),
            done=self.done,
            failed=self.failed,
            cpu_percent=usage.cpu_percent,
            memory_bytes=usage.memory_bytes,
            memory_limit_bytes=worker.memory_limit_bytes,
            speed=speed,
            resources=dict(worker.resources),
            joined_at=self.joined_at,
            seen_at=self.seen_at,
        )

    def _count(self, job: Job, sign: float, now: datetime) -> None:
        for name, much in job.task.resources.items():
            self._taken[name] = self._taken.get(name, 0.0) + sign * much
        self.seen_at = now
        self.history.note(now, min(1.0, len(self._jobs) / self.slots))

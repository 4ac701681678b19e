"""Worker pool, the interface: what a task is, what a worker shows of itself, and what every pool can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from maestro.engine.words import Words
from maestro.engine.workers.far_end import call
from maestro.errors import TemporaryError

__all__ = [
    "Heat",
    "Pool",
    "Standing",
    "Started",
    "Task",
    "Trouble",
    "WorkerInfo",
    "WorkerKind",
    "WorkerLostError",
    "WorkerState",
    "call",
    "kind_of",
]

WorkerKind = Literal["thread", "process", "dask"]
WorkerState = Literal["idle", "busy", "lost", "retired"]
Started = Callable[[str], None]


class WorkerLostError(TemporaryError):
    """No worker is left that could do the task, or the task has taken too many workers down with it."""


@dataclass(frozen=True)
class Task:
    """A piece of work for a worker.

    Args:
        key: what makes it one piece of work; asked for twice at the same time, it is done once.
        function: what to call, plain or async; where the pool works in other processes, it and its arguments
            travel by pickle, so they must be importable there or self-contained.
        arguments: its arguments by name.
        resources: what it occupies of a worker's resources while it runs, by name.
        timeout_s: seconds of life that it may run, waiting for a free slot not counted; None is no limit.
        kind: tasks of one kind take about equally long for their size; speeds are learned by it.
        size: how much there is to do, in any unit that is the same for all tasks of its kind.
        priority: among tasks that wait for a slot the highest goes first: seconds (or steps) of work that
            can only begin after it, itself included.
        next_priority: the highest priority of what can begin when it is done; its slot is held for that for a
            moment, where what waits is less urgent. 0 where nothing follows.
    """

    key: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    resources: Mapping[str, float] = field(default_factory=dict)
    timeout_s: float | None = None
    kind: str = ""
    size: float = 1.0
    priority: float = 0.0
    next_priority: float = 0.0


def kind_of(workflow: str, step: str) -> str:
    """The kind of the tasks of a step."""
    return f"{workflow}.{step}"


@dataclass(frozen=True)
class WorkerInfo:
    """A worker as others see it; times are the machine's, memory is in bytes.

    Args:
        name: unique in its pool.
        address: process id on this machine, or the network address of a Dask worker.
        kind: what it is.
        state: `idle`, `busy` (at least one task), `lost` (may come back), `retired` (only ends its tasks).
        slots: tasks that it does at once.
        running: tasks that it does now.
        done: tasks that it did well.
        failed: tasks that raised.
        cpu_percent: of one core, at the last look.
        memory_bytes: resident memory at the last look.
        memory_limit_bytes: where it is restarted; None where there is no limit.
        speed: how fast it is compared with the others (1 is the average), as the balancing has learned it.
        resources: what it offers, by name.
        joined_at: when it joined the pool.
        seen_at: when it was last known to live.
    """

    name: str
    address: str
    kind: WorkerKind
    state: WorkerState
    slots: int
    running: int
    done: int
    failed: int
    cpu_percent: float
    memory_bytes: int
    memory_limit_bytes: int | None
    speed: float
    resources: Mapping[str, float]
    joined_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Heat:
    """How busy each worker was in each of the last minutes.

    Args:
        minutes: the beginning of each minute, oldest first.
        rows: by worker, for each minute the share of its slots that was busy, 0 to 1; None before it joined.
    """

    minutes: Sequence[datetime]
    rows: Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a pool as a whole: its kind in a word, as incidents have it, and a sentence."""

    kind: str
    words: Words


@dataclass(frozen=True)
class Standing:
    """How a pool stands as a whole.

    Args:
        address: of the scheduler that workers join by themselves; empty where they are of this machine.
        emptied: whether there is no worker because the last one was retired on purpose.
        patience_s: seconds that a task waits for a worker that could do it, before its attempt fails.
        trouble: what keeps it from doing anything; None where nothing does.
    """

    address: str = ""
    emptied: bool = False
    patience_s: float = 30.0
    trouble: Trouble | None = None


class Pool(Protocol):
    """A set of workers that come and go; gives each task to one of them."""

    @property
    def balancing(self) -> str:
        """How workers are chosen: `learned`, `load`, `least_connections` or `round_robin`."""
        ...

    @balancing.setter
    def balancing(self, name: str) -> None: ...

    async def start(self) -> None:
        """Bring up the workers, or join the cluster."""
        ...

    async def stop(self, drain_s: float = 10.0) -> None:
        """Take no more tasks, let running ones end for `drain_s` seconds of life, then leave."""
        ...

    async def run(self, task: Task, started: Started | None = None) -> Any:
        """The value of a task. What the task raises is raised here.

        A task whose worker is lost is done by another. Cancelling the last one who waits stops the task.

        Args:
            task: what to do; the same key at the same time is done once, and each asker gets the value.
            started: told the name of the worker whenever one begins with it.

        Raises:
            WorkerLostError: nobody could take it, or it has taken several workers down.
            TemporaryError: it took longer than its timeout.
        """
        ...

    def held_up(self) -> Mapping[str, Words]:
        """The keys of tasks that wait although no worker could do them, with why and what to do about it."""
        ...

    def workers(self) -> list[WorkerInfo]:
        """All workers by name."""
        ...

    def standing(self) -> Standing:
        """How it stands as a whole."""
        ...

    async def add(self, slots: int = 1, resources: Mapping[str, float] | None = None) -> list[str]:
        """Add workers on this machine and name them; each does one task at a time.

        Raises:
            ConflictError: the workers of this pool join by themselves.
        """
        ...

    async def remove(self, name: str, drain_s: float = 60.0) -> None:
        """Retire a worker: it gets no more tasks, ends those that it has, and leaves.

        What is not at its end after `drain_s` seconds of life goes to another worker.

        Raises:
            NotFoundError: no such worker.
        """
        ...

    def heat(self) -> Heat:
        """How busy each worker was in the last hour."""
        ...

"""Worker: one place where tasks are done, whatever it is made of; the pool sees only this."""

from __future__ import annotations

import contextvars
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from maestro.engine.workers.base import Task, WorkerKind


class DiedError(Exception):
    """A worker died, or went out of reach, while it had a task.

    Args:
        blame: whether the task may be what killed it.
    """

    def __init__(self, blame: bool) -> None:
        super().__init__("the worker is gone")
        self.blame = blame


@dataclass(frozen=True)
class Done:
    """What a task gave, the seconds that it took, and who did it where that is not who was given it."""

    value: Any
    seconds: float
    worker: str | None = None


@dataclass(frozen=True)
class Usage:
    """CPU in per cent of one core, resident memory in bytes."""

    cpu_percent: float = 0.0
    memory_bytes: int = 0


class Worker(ABC):
    """One place where tasks are done.

    Args:
        name: unique in its pool.
        slots: tasks at once.
        resources: what it offers, by name.
    """

    kind: ClassVar[WorkerKind]
    ahead: int = 0
    """Tasks that it may hold beyond its slots, so that the next is there when one ends."""
    memory_limit_bytes: int | None = None

    def __init__(self, name: str, slots: int = 1, resources: Mapping[str, float] | None = None) -> None:
        self.name = name
        self.slots = slots
        self.resources = dict(resources or {})

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is."""

    @abstractmethod
    async def start(self, died: Callable[[], None]) -> None:
        """Come to life; `died` is called when that ends without having been asked for."""

    @abstractmethod
    async def stop(self) -> None:
        """Leave at once, whatever is still being done."""

    @abstractmethod
    async def work(self, task: Task, context: contextvars.Context) -> Done:
        """Do a task. Cancelled, it stops the task as well as it can and keeps its slot usable.

        Args:
            task: what to do.
            context: context variables of whoever asked, where they can be carried over.

        Raises:
            DiedError: it died meanwhile; what the task raises is raised as it is.
        """

    @abstractmethod
    def usage(self) -> Usage:
        """What it uses now; must be quick."""

"""Balancing, the interface: which worker gets the next task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maestro.engine.workers.base import Task


class Load(Protocol):
    """A worker as a balancing sees it."""

    @property
    def name(self) -> str: ...

    @property
    def slots(self) -> int:
        """Tasks that it does at once."""
        ...

    @property
    def underway(self) -> Sequence[tuple[Task, float]]:
        """The tasks that it has, each with the seconds since it got it."""
        ...

    @property
    def used(self) -> float:
        """CPU or memory, whichever is scarcer: the share that is used, 0 to 1 (1 is full)."""
        ...


class Balancing(Protocol):
    """Chooses a worker, and may learn from how tasks went."""

    def choose(self, task: Task, free: Sequence[Load], busy: Sequence[Load]) -> str | None:
        """The name of the worker that gets the task now.

        Args:
            task: what is to be done.
            free: workers with a slot and the resources for it, at least one, oldest member first.
            busy: workers that offer the resources but are full now.

        Returns:
            one of `free`; or None, to wait until one of `busy` has a slot.
        """
        ...

    def learn(self, worker: str, task: Task, seconds: float) -> None:
        """A worker has done a task in so many seconds."""
        ...

    def speed(self, worker: str) -> float:
        """How fast a worker is compared with the others; 1 where nothing is known."""
        ...

    def forget(self, worker: str) -> None:
        """A worker has left for good."""
        ...


class WithoutMemory:
    """A balancing that learns nothing."""

    def learn(self, worker: str, task: Task, seconds: float) -> None:
        """Nothing to learn."""

    def speed(self, worker: str) -> float:
        """Nothing is known."""
        return 1.0

    def forget(self, worker: str) -> None:
        """Nothing to forget."""

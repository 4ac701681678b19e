"""Task: one run of a workflow that somebody asked for, waiting in the backlog or past it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

RUN_PREFIX = "task-"
"""How the ids of runs begin that the scheduler started."""


class TaskStatus(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    """In the backlog; or waits for tasks that it needs."""
    ADMITTED = "admitted"
    """Its run was handed to the engine."""
    DONE = "done"
    """Its run succeeded."""
    FAILED = "failed"
    """Its run failed, or could not begin."""
    CANCELLED = "cancelled"
    """Somebody stopped it, or a task that it needs did not succeed."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self not in {TaskStatus.WAITING, TaskStatus.ADMITTED}


@dataclass(frozen=True)
class NewTask:
    """What is asked for.

    Args:
        workflow: which workflow to run.
        inputs: its inputs by name; plain data.
        kind: tasks of one kind take about as long as each other; the workflow's name where empty.
        deadline: when it should be done.
        value: what it is worth against others; 1 as a rule.
        boost: between -1 and 1, by how much a person wants it sooner or later.
        needs: ids of tasks that must be done before it begins.
        resources: what it needs besides a slot, such as {"gpu": 1}.
        id: asking twice with one id is asking once; made up where empty.
    """

    workflow: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    deadline: datetime | None = None
    value: float = 1.0
    boost: float = 0.0
    needs: tuple[str, ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True)
class Task:
    """A task in the backlog; times are those of the scheduler's clock.

    Args:
        features: what is known of it beforehand; see `maestro.engine.scheduling.estimator.features_of`.
        ready_at: since when it could begin; None while it waits for tasks that it needs.
        admitted_by: the executor that admitted it.
        foreseen: what was foreseen of its completion when it was submitted; None where its kind was new.
        waits_for: what its run waits for: `approval`, `event`, `timer` or `executor`; empty where nothing.
        waits_since: since when; None where it does not.
        waited_s: seconds that its run waited before that.
    """

    id: str
    kind: str
    workflow: str
    status: TaskStatus
    deadline: datetime | None
    value: float
    boost: float
    features: Mapping[str, float]
    resources: Mapping[str, float]
    submitted_at: datetime
    ready_at: datetime | None
    admitted_at: datetime | None
    admitted_by: str
    ended_at: datetime | None
    error: str
    foreseen: Mapping[str, Any] | None
    waits_for: str = ""
    waits_since: datetime | None = None
    waited_s: float = 0.0

    @property
    def waits(self) -> bool:
        """Whether its run waits now, so that it takes no slot and nobody can tell when it ends."""
        return self.status is TaskStatus.ADMITTED and bool(self.waits_for)

    @property
    def run_id(self) -> str:
        """The id of its run, made of its own: admitting it twice is one run."""
        return f"{RUN_PREFIX}{self.id}"

    def age_s(self, now: datetime) -> float:
        """Seconds since it was submitted, until it ended."""
        return max(0.0, ((self.ended_at or now) - self.submitted_at).total_seconds())

    def paused_s(self, now: datetime) -> float:
        """Seconds that its run waited for people, events and times until `now`, or until it ended."""
        since = self.waits_since
        open_s = 0.0 if since is None else ((self.ended_at or now) - since).total_seconds()
        return self.waited_s + max(0.0, open_s)

    def elapsed_s(self, now: datetime) -> float:
        """Seconds that its run has been worked, until it ended; what it waited for others does not count."""
        begun = self.admitted_at or now
        return max(0.0, ((self.ended_at or now) - begun).total_seconds() - self.paused_s(now))

    def seconds(self) -> float:
        """Seconds that its run was worked.

        Raises:
            ValueError: it has not ended, or never began.
        """
        if self.admitted_at is None or self.ended_at is None:
            raise ValueError(f"task {self.id} has not run to its end")
        return self.elapsed_s(self.ended_at)

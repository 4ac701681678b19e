"""Run: one execution of a workflow as others see it: its status, its steps and their attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Waits for a process to take it up."""
    RUNNING = "running"
    """Began, and is not at its end; after a crash it is taken up again at the next launch."""
    SUCCEEDED = "succeeded"
    """Every step succeeded."""
    FAILED = "failed"
    """A step failed for good."""
    CANCELLED = "cancelled"
    """Somebody stopped it; `resume` goes on where it stopped."""
    STUCK = "stuck"
    """Was taken up again so often without an end that it is left alone; `resume` tries once more."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in {RunStatus.QUEUED, RunStatus.RUNNING}


class StepStatus(StrEnum):
    """Where a step of a run stands."""

    PENDING = "pending"
    """Waits for the steps whose results it takes."""
    RUNNING = "running"
    """Is being worked on, or waits for its next attempt."""
    SUCCEEDED = "succeeded"
    """Returned a result, which is recorded and will not be worked out again."""
    FAILED = "failed"
    """Failed for good."""
    SKIPPED = "skipped"
    """Could not be run, because a step whose result it takes failed."""


@dataclass(frozen=True)
class RunInfo:
    """A run in a list.

    Times are those of the engine's clock; `ended_at` is None for runs that were cancelled.
    """

    id: str
    workflow: str
    status: RunStatus
    started_at: datetime | None
    ended_at: datetime | None
    error: str


@dataclass(frozen=True)
class AttemptInfo:
    """One attempt at a step: when it began, how many seconds of life it took, what went wrong."""

    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    error: str


@dataclass(frozen=True)
class StepInfo:
    """A step of a run; it starts with its first attempt and ends with its last, on the engine's clock."""

    name: str
    parents: tuple[str, ...]
    status: StepStatus
    attempts: tuple[AttemptInfo, ...]
    error: str

    @property
    def started_at(self) -> datetime | None:
        return self.attempts[0].started_at if self.attempts else None

    @property
    def ended_at(self) -> datetime | None:
        done = self.status not in {StepStatus.PENDING, StepStatus.RUNNING}
        return self.attempts[-1].ended_at if self.attempts and done else None


@dataclass(frozen=True)
class RunDetail(RunInfo):
    """A run with its steps in their order, and what it was given."""

    inputs: Mapping[str, Any]
    steps: tuple[StepInfo, ...]


def attempts_of(records: Sequence[Mapping[str, Any]]) -> tuple[AttemptInfo, ...]:
    """Journal records of attempts as others see them."""
    return tuple(
        AttemptInfo(each["started_at"], each.get("ended_at"), each["seconds"], each["error"] or "")
        for each in records
    )

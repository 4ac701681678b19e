"""Run: one execution of a workflow as others see it: its status, its steps and their attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Waits for a process to take it up."""
    RUNNING = "running"
    """Began, and is not at its end; after a crash it is taken up again at the next launch."""
    WAITING = "waiting"
    """Waits for a person, an event or a time, or for an executor that knows its version."""
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
        return self not in {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING}


class StepStatus(StrEnum):
    """Where a step of a run stands."""

    PENDING = "pending"
    """Waits for the steps whose results it takes."""
    RUNNING = "running"
    """Is being worked on, or waits for its next attempt."""
    WAITING = "waiting"
    """Waits for a person, an event, a time or another run."""
    SUCCEEDED = "succeeded"
    """Returned a result, which is recorded and will not be worked out again."""
    FAILED = "failed"
    """Failed for good."""
    SKIPPED = "skipped"
    """Was not run: its condition did not hold, or a step whose result it needs failed or was skipped."""
    UNDONE = "undone"
    """What it did, or as much as it had finished of it, was taken back after the run failed."""
    UNDO_FAILED = "undo_failed"
    """What it did could not be taken back after the run failed."""


@dataclass(frozen=True)
class RunInfo:
    """A run in a list; times are those of the engine's clock.

    Args:
        id: its id.
        workflow: what it is a run of.
        status: where it stands.
        started_at: when it was asked for.
        ended_at: when it succeeded, failed or was cancelled.
        error: what went wrong, where it failed.
        version: the version of the workflow on which it runs.
        executor: the process that works it, or did so last.
        parent_id: the run whose step it is; empty for most.
        reason: why nobody works it although it is at no end; empty for most.
        fingerprint: of the steps with which it began.
    """

    id: str
    workflow: str
    status: RunStatus
    started_at: datetime | None
    ended_at: datetime | None
    error: str
    version: str = "1"
    executor: str = ""
    parent_id: str = ""
    reason: str = ""
    fingerprint: str = ""

    @property
    def took_s(self) -> float | None:
        """Seconds from when it was asked for to its end; None where it has not ended."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.started_at).total_seconds())


@dataclass(frozen=True)
class AttemptInfo:
    """One attempt at a step: when it began, how many seconds of life it took, what went wrong."""

    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    error: str


@dataclass(frozen=True)
class WaitInfo:
    """Something that a run waits for.

    Args:
        run_id: which run.
        workflow: its workflow.
        step: the step that waits.
        kind: `approval`, `event` or `timer`.
        topic: what a signal must name.
        words: what is asked, for a person.
        since: when the wait began, on the engine's clock.
        until: when it is given up, or over; None is never.
    """

    run_id: str
    workflow: str
    step: str
    kind: str
    topic: str
    words: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class StepInfo:
    """A step of a run; it starts with its first attempt and ends with its last, on the engine's clock.

    Args:
        name: which step.
        parents: the steps whose results it takes.
        status: where it stands.
        attempts: how often it was tried, and with what outcome.
        error: what went wrong, where it failed or could not be undone.
        kind: `step`, `map`, `workflow`, `approval`, `event` or `timer`.
        where: `here` or `worker`.
        worker: who worked it; empty where nobody has yet.
        reason: why it was skipped.
        inputs: its arguments; None where they are not there yet.
        output: what it returned; None where it has not.
        progress: items done and items of a map; None for other steps.
        wait: what it waits for.
        child_run_id: the run of a sub-workflow.
        failure_probability: how likely it was to fail, as somebody foresaw before it began.
        undoable: whether what it does can be taken back, by itself or by the run of its sub-workflow.
        undo: how often taking it back was tried, and with what outcome.
    """

    name: str
    parents: tuple[str, ...]
    status: StepStatus
    attempts: tuple[AttemptInfo, ...]
    error: str
    kind: str = "step"
    where: str = "here"
    worker: str = ""
    reason: str = ""
    inputs: Mapping[str, Any] | None = None
    output: Any = None
    progress: tuple[int, int] | None = None
    wait: WaitInfo | None = None
    child_run_id: str = ""
    failure_probability: float | None = None
    undoable: bool = False
    undo: tuple[AttemptInfo, ...] = ()

    @property
    def started_at(self) -> datetime | None:
        return self.attempts[0].started_at if self.attempts else None

    @property
    def ended_at(self) -> datetime | None:
        done = self.status not in {StepStatus.PENDING, StepStatus.RUNNING, StepStatus.WAITING}
        return self.attempts[-1].ended_at if self.attempts and done else None


@dataclass(frozen=True)
class RunDetail(RunInfo):
    """A run with its steps in their order, what it was given and what came out.

    Args:
        inputs: by name.
        steps: parents first.
        result: what its last steps returned, by name; None where it has not succeeded.
        restarted_from: the run of which it took steps over; empty for most.
        rolled_back: whether taking back what it did has begun; it cannot be resumed then.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[StepInfo, ...] = ()
    result: Mapping[str, Any] | None = None
    restarted_from: str = ""
    rolled_back: bool = False


def attempts_of(records: Sequence[Mapping[str, Any]]) -> tuple[AttemptInfo, ...]:
    """Journal records of attempts as others see them."""
    return tuple(
        AttemptInfo(each["started_at"], each.get("ended_at"), each["seconds"], each["error"] or "")
        for each in records
    )

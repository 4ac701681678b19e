"""Observation: what the engine tells of the steps it works, and what may be advised before one begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True)
class StepOutcome:
    """How a step of a run went.

    Args:
        run_id: which run.
        workflow: its workflow.
        version: the version of the workflow on which it runs.
        step: which step.
        worker: where it was worked: the name of a worker, or of the executor itself.
        started_at: when the first attempt began, on the engine's clock.
        waited_s: seconds of life between the moment its inputs were there and its first attempt.
        seconds: seconds of life from the first attempt to the end of the last.
        attempts: how many attempts it took.
        ok: whether it succeeded.
        error_kind: class of the error of the last attempt; empty where it succeeded.
        size: characters of its arguments as the journal writes them; the number of items for a map.
        features: what else was known before it began, by name: `hour` and `weekday` of the engine's clock,
            `load` (how much of the places for runs is taken, 0 to 1), and of a map the `width` and
            `chunk_size` with which it was worked (the latter is missing where it adapts by itself).
    """

    run_id: str
    workflow: str
    version: str
    step: str
    worker: str
    started_at: datetime
    waited_s: float
    seconds: float
    attempts: int
    ok: bool
    error_kind: str = ""
    size: int = 0
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended: its status word, and seconds of life from its start to its end in this process."""

    run_id: str
    workflow: str
    version: str
    status: str
    started_at: datetime
    seconds: float


class Observer(Protocol):
    """Is told what happens. Must be quick; what it raises is logged and changes nothing."""

    def step_ended(self, outcome: StepOutcome) -> None:
        """A step has succeeded, or failed for good."""
        ...

    def run_ended(self, outcome: RunOutcome) -> None:
        """A run has ended in this process."""
        ...

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """The effects of a step could not be taken back after its run failed: a person must look at it."""
        ...


@dataclass(frozen=True)
class WaitOutcome:
    """A wait that is over: of which step, for what, and how long it was in seconds of life.

    `kind` is `approval`, `event`, `timer`, or `workflow` for the run of a sub-workflow.
    """

    run_id: str
    workflow: str
    step: str
    kind: str
    seconds: float


@runtime_checkable
class WatchingWaits(Protocol):
    """Who wants to know too how long runs waited."""

    def wait_ended(self, outcome: WaitOutcome) -> None:
        """A wait has come to its outcome in this process."""
        ...


@dataclass(frozen=True)
class PastStep:
    """A step of a run of former times, as the journal knows it; all times in seconds of life.

    Args:
        step: which step.
        worker: where it was worked; empty for a wait or a sub-workflow.
        on_worker: whether that is a worker of the pool, and not the executor itself.
        ok: whether it succeeded.
        ended_s: when it ended, since some moment that is the same for all steps of its run.
        waited_s: from the moment its inputs were there to its first attempt.
        seconds: in its attempts, the wait for a worker included; of a wait or sub-workflow, how long it was.
        worked_s: in its last attempt, from when a worker began with it; None where nobody worked.
        items: of a map; 0 for other steps.
        kind: `step` for work, else as in WaitOutcome.
    """

    step: str
    worker: str
    on_worker: bool
    ok: bool
    ended_s: float
    waited_s: float
    seconds: float
    worked_s: float | None
    items: int
    kind: str = "step"


@dataclass(frozen=True)
class PastRun:
    """A run of former times: its workflow, and its steps in the order in which they ended."""

    workflow: str
    steps: Sequence[PastStep]


@runtime_checkable
class Recalling(Protocol):
    """Who learns from steps, and need not begin anew when the process does."""

    def recall(self, run: PastRun) -> None:
        """Learn from a run of former times; the oldest comes first."""
        ...


@dataclass(frozen=True)
class StepAhead:
    """A step that is about to be worked: its arguments are there, nothing has begun."""

    run_id: str
    workflow: str
    version: str
    step: str
    where: str
    size: int
    arguments: Mapping[str, Any]
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Advice:
    """What to do differently at a step; the default changes nothing.

    Args:
        delay_s: seconds of life to wait before it begins.
        where: run it elsewhere, `here` or `worker`.
        chunk_size: items of a map in one journaled chunk.
        width: chunks of a map that are worked at once.
        refuse: why it must not begin at all; it then fails with these words and the run is rolled back.
        failure_probability: how likely it fails, where somebody knows.
    """

    delay_s: float = 0.0
    where: str | None = None
    chunk_size: int | None = None
    width: int | None = None
    refuse: str = ""
    failure_probability: float | None = None


class Advisor(Protocol):
    """Is asked before a step begins. Must be quick; when it raises, the step begins as declared."""

    def before_step(self, ahead: StepAhead) -> Advice:
        """What to do differently; `Advice()` for nothing."""
        ...

"""Workplace: what the runs of this process work with: journal, clocks, pool, observers and advisor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from maestro.engine.attempt import Patience
from maestro.engine.graph import Graph
from maestro.engine.observation import (
    Advice,
    Advisor,
    Observer,
    RunOutcome,
    StepAhead,
    StepOutcome,
    WaitOutcome,
    WatchingWaits,
)
from maestro.engine.step_journal import StepJournal, StepRecord
from maestro.engine.step_times import StepTimes
from maestro.engine.waiting import Waiting
from maestro.engine.workers.base import Pool
from maestro.telemetry import get_logger

_log = get_logger("engine")


@dataclass(frozen=True)
class Fate:
    """What became of the run of a sub-workflow that was to be taken back.

    Args:
        result: what it returned, where it had succeeded already; nothing of it is taken back then.
        undos: how its own steps were taken back; empty where it did nothing that could be.
    """

    result: Mapping[str, Any] | None = None
    undos: Sequence[StepRecord] = ()


class Children(Protocol):
    """The runs of sub-workflows."""

    async def run(
        self, graph: Graph, inputs: Mapping[str, Any], run_id: str, parent_id: str
    ) -> dict[str, Any]:
        """Run a workflow with inputs, under an id, for the run of another id, and give its result."""
        ...

    async def result(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run, and give its result."""
        ...

    async def stop(self, run_id: str) -> None:
        """Cancel a run, and keep one that has not begun from beginning; doing it twice is doing it once."""
        ...

    async def take_back(self, run_id: str) -> Fate:
        """Stop a run that has not ended, have what it did taken back, and wait until that is done."""
        ...


@dataclass
class Workplace:
    """What every execution of this process shares.

    Args:
        journal: where step records are written.
        patience: clocks, default timeout, seed and lease.
        waiting: what runs wait for.
        executor_id: name of this process.
        observers: are told how steps and runs ended.
        advisor: is asked before a step begins.
        pool: where steps with `where="worker"` run; None means here.
        load: how much of the places for runs is taken, 0 to 1; whoever gives out the places sets it.
        times: how long steps take, so that the longest way goes first where workers are scarce.
        children: the runs of sub-workflows; set once there is what cancels runs, before any is worked.
    """

    journal: StepJournal
    patience: Patience
    waiting: Waiting
    executor_id: str
    observers: Sequence[Observer] = ()
    advisor: Advisor | None = None
    pool: Pool | None = None
    load: Callable[[], float] = lambda: 0.0
    times: StepTimes = field(default_factory=StepTimes)
    children: Children = field(init=False)

    def advice(self, ahead: StepAhead) -> Advice:
        """What to do differently at a step; nothing where nobody advises or the advisor fails."""
        if self.advisor is None:
            return Advice()
        try:
            return self.advisor.before_step(ahead)
        except Exception as error:
            _log.error("advice failed", step=ahead.step, run_id=ahead.run_id, error=str(error))
            return Advice()

    def tell_step(self, outcome: StepOutcome) -> None:
        """Tell every observer how a step ended."""
        self._tell(lambda observer: observer.step_ended(outcome))

    def tell_wait(self, outcome: WaitOutcome) -> None:
        """Tell those observers who want to know how long a run waited."""
        self._tell(lambda each: each.wait_ended(outcome) if isinstance(each, WatchingWaits) else None)

    def tell_run(self, outcome: RunOutcome) -> None:
        """Tell every observer how a run ended."""
        self._tell(lambda observer: observer.run_ended(outcome))

    def tell_rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """Tell every observer that the effects of a step could not be taken back."""
        self._tell(lambda observer: observer.rollback_failed(run_id, workflow, step, error))

    def _tell(self, what: Callable[[Observer], Any]) -> None:
        for observer in self.observers:
            try:
                what(observer)
            except Exception as error:
                _log.error("observer failed", observer=type(observer).__name__, error=str(error))

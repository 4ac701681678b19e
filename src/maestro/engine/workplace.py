"""Workplace: what the runs of this process work with: journal, clocks, pool, observers and advisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maestro.engine.attempt import Patience
from maestro.engine.graph import Graph
from maestro.engine.observation import Advice, Advisor, Observer, RunOutcome, StepAhead, StepOutcome
from maestro.engine.step_journal import StepJournal
from maestro.engine.step_times import StepTimes
from maestro.engine.waiting import Waiting
from maestro.engine.workers.base import Pool
from maestro.telemetry import get_logger

RunChild = Callable[[Graph, Mapping[str, Any], str, str], Awaitable[dict[str, Any]]]
"""Runs a workflow with inputs, under an id, for the run of another id, and gives its result."""

_log = get_logger("engine")


@dataclass
class Workplace:
    """What every execution of this process shares.

    Args:
        journal: where step records are written.
        patience: clocks, default timeout, seed and lease.
        waiting: what runs wait for.
        run_child: runs a sub-workflow.
        executor_id: name of this process.
        observers: are told how steps and runs ended.
        advisor: is asked before a step begins.
        pool: where steps with `where="worker"` run; None means here.
        load: how much of the places for runs is taken, 0 to 1; whoever gives out the places sets it.
        times: how long steps take, so that the longest way goes first where workers are scarce.
    """

    journal: StepJournal
    patience: Patience
    waiting: Waiting
    run_child: RunChild
    executor_id: str
    observers: Sequence[Observer] = ()
    advisor: Advisor | None = None
    pool: Pool | None = None
    load: Callable[[], float] = lambda: 0.0
    times: StepTimes = field(default_factory=StepTimes)

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

    def tell_run(self, outcome: RunOutcome) -> None:
        """Tell every observer how a run ended."""
        self._tell(lambda observer: observer.run_ended(outcome))

    def tell_rollback_failed(self, run_id: str, step: str, error: str) -> None:
        """Tell every observer that the effects of a step could not be taken back."""
        self._tell(lambda observer: observer.rollback_failed(run_id, step, error))

    def _tell(self, what: Callable[[Observer], Any]) -> None:
        for observer in self.observers:
            try:
                what(observer)
            except Exception as error:
                _log.error("observer failed", observer=type(observer).__name__, error=str(error))

"""Eta book: how long each step takes and when a run will be at its end, learned from the steps that ended."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

import numpy as np

from maestro.clock import Clock
from maestro.engine.observation import PastRun, RunOutcome, StepOutcome
from maestro.engine.run import RunDetail, RunStatus, StepInfo, StepStatus
from maestro.engine.scheduling.critical_path import longest_path
from maestro.engine.scheduling.forecaster import LEVEL, Forecaster, Interval
from maestro.engine.scheduling.priority import Floats

_DRAWS = 256
_REMEMBERED = 5_000
_STEP = 0.02
_FAR_S = 10 * 366 * 86_400.0
"""No end is told that lies farther away than ten years of the clock."""
_TO_GO = {StepStatus.PENDING, StepStatus.RUNNING, StepStatus.WAITING}


@dataclass(frozen=True)
class RunEstimate:
    """When a run will be at its end, on the engine's clock, and the seconds of life until then.

    Args:
        ends_at: the median.
        low: in 80 % of cases not before this.
        high: in 80 % of cases not after this.
        left_s: seconds of life still to go.
        critical_path: the steps still to go whose lengths add up to it, in their order.
    """

    ends_at: datetime
    low: datetime
    high: datetime
    left_s: Interval
    critical_path: tuple[str, ...]

    def shape(self) -> dict[str, str]:
        """As the API sends it."""
        return {
            "ends_at": self.ends_at.isoformat(),
            "low": self.low.isoformat(),
            "high": self.high.isoformat(),
        }


class EtaBook:
    """Learns from every step that ends; an observer of the engine. May be asked from any thread.

    Args:
        clock: the engine's; its speed turns seconds of life into its own.
        seed: of the draws that add up uncertain steps.

    Example:
        book = EtaBook(clock)
        engine = Engine(url, settings, clock, observers=[book])
        book.run(await engine.inspect(run_id))  # RunEstimate, or None where nothing is known yet
    """

    def __init__(self, clock: Clock, seed: int = 42) -> None:
        self._clock = clock
        self._seed = seed
        self._lengths = Forecaster(prior_s=5.0)
        self._told: OrderedDict[str, tuple[datetime, datetime]] = OrderedDict()
        self._below = self._above = (1 - LEVEL) / 2
        self._lock = RLock()

    # What the engine tells

    def step_ended(self, outcome: StepOutcome) -> None:
        """Learn how long a step took; a failed one teaches nothing about lengths."""
        if outcome.ok:
            self._learn(outcome.workflow, outcome.step, outcome.seconds, outcome.size)

    def run_ended(self, outcome: RunOutcome) -> None:
        """Learn whether what was told of a run held; the bounds move until 80 % do."""
        with self._lock:
            told = self._told.pop(outcome.run_id, None)
        if told is None or outcome.status != RunStatus.SUCCEEDED:
            return
        now, tail = self._clock.now(), (1 - LEVEL) / 2
        low, high = told
        self._below = float(np.clip(self._below + _STEP * (tail - (now < low)), 0.0, 0.5))
        self._above = float(np.clip(self._above + _STEP * (tail - (now > high)), 0.0, 0.5))

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """Nothing to learn from."""

    def recall(self, run: PastRun) -> None:
        """Learn from a run of former times, how long it waited for people and events included."""
        for each in run.steps:
            if each.ok:
                self._learn(run.workflow, each.step, each.seconds, each.items)

    def _learn(self, workflow: str, step: str, seconds: float, size: int) -> None:
        kind = f"{workflow}/{step}"
        with self._lock:
            self._lengths.observe(kind, _features(size), seconds)

    # What it tells

    def step(self, workflow: str, step: str, size: int = 0) -> Interval | None:
        """Seconds of life that a step takes; None where it was hardly ever seen.

        Args:
            workflow: its workflow.
            step: its name.
            size: characters of its arguments or items of a map; 0 where that is not known yet.
        """
        kind = f"{workflow}/{step}"
        with self._lock:
            return self._lengths.predict(kind, _features(size)) if self._lengths.knows(kind) else None

    def run(self, detail: RunDetail) -> RunEstimate | None:
        """When a run will be at its end, through the longest way that is still to go.

        Steps that wait for a person, an event or a time count with what such waits took before. None where
        the run is at its end, or a step still to go was hardly ever seen.
        """
        to_go = [each for each in detail.steps if each.status in _TO_GO]
        kinds = [f"{detail.workflow}/{each.name}" for each in to_go]
        if detail.status.ended or not to_go or not all(map(self._lengths.knows, kinds)):
            return None
        now = self._clock.now()
        rng = np.random.default_rng(self._seed)
        draws: dict[str, Floats] = {}
        for each, kind in zip(to_go, kinds, strict=True):
            with self._lock:
                lengths = self._lengths.lengths(kind, {}, self._elapsed_s(each, now))
            draws[each.name] = rng.choice(lengths, _DRAWS)
        parents = {each.name: each.parents for each in to_go}
        ends, path = longest_path(parents, draws)
        levels = (self._below, 0.5, 1 - self._above)
        low, middle, high = (float(each) for each in np.quantile(ends, levels))
        left = Interval(float(ends.mean()), low, high, middle)
        moments = [now + timedelta(seconds=min(each * self._speed, _FAR_S)) for each in (middle, low, high)]
        self._remember(detail.id, moments[1], moments[2])
        return RunEstimate(moments[0], moments[1], moments[2], left, path)

    def _elapsed_s(self, step: StepInfo, now: datetime) -> float:
        """Seconds of life since a step began; 0 where it has not."""
        if step.status is StepStatus.PENDING or step.started_at is None:
            return 0.0
        return max(0.0, (now - step.started_at).total_seconds() / self._speed)

    @property
    def _speed(self) -> float:
        return self._clock.speed or 1.0

    def _remember(self, run_id: str, low: datetime, high: datetime) -> None:
        """Keep the first thing told of a run; what is told later rests on the run itself."""
        with self._lock:
            self._told.setdefault(run_id, (low, high))
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)


def _features(size: int) -> Mapping[str, float]:
    return {"size": math.log1p(size)} if size > 0 else {}

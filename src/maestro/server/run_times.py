"""Run times: when each step of a run began and ended in seconds, and which steps decide its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from maestro.engine.run import AttemptInfo, RunDetail, StepInfo, StepStatus

_OPEN = {StepStatus.RUNNING, StepStatus.WAITING}
_WAITS = {"approval", "event", "timer", "workflow"}


@dataclass(frozen=True)
class Span:
    """Where something stands in its run: seconds since the run was asked for.

    Args:
        begins_s: when it began.
        ends_s: when it ended; None where it has not.
        attempts_s: when each attempt began.
    """

    begins_s: float
    ends_s: float | None
    attempts_s: tuple[float, ...] = ()

    @property
    def took_s(self) -> float | None:
        """From its beginning to its end, the waits between its attempts included."""
        return None if self.ends_s is None else self.ends_s - self.begins_s


@dataclass(frozen=True)
class RunTimes:
    """The times of a run.

    Args:
        so_far_s: seconds since it was asked for, until its end or until now.
        spans: of the steps that began in it, by name; what it took over from another run is left out.
        deciding: the steps, in their order, of which each began when the one before ended, up to the end.
        longest: the one of those that takes the most time.
    """

    so_far_s: float
    spans: Mapping[str, Span]
    deciding: tuple[str, ...]
    longest: str | None


def run_times(run: RunDetail, now: datetime, expected: Mapping[str, float]) -> RunTimes:
    """The times of a run.

    Args:
        run: with its steps, parents first.
        now: on the engine's clock.
        expected: seconds that steps should take, by name, where somebody knows.
    """
    origin = run.started_at or now
    so_far_s = run.took_s if run.took_s is not None else max(0.0, (now - origin).total_seconds())
    spans: dict[str, Span] = {}
    ends: dict[str, float] = {}
    lengths: dict[str, float] = {}
    for step in run.steps:
        ready = max((ends[each] for each in step.parents if each in ends), default=0.0)
        span = _span(step, origin, ready, taken_over=bool(run.restarted_from))
        if span is not None:
            spans[step.name] = span
        if span is not None and span.ends_s is not None:
            ends[step.name] = span.ends_s
        elif step.status is StepStatus.SKIPPED:
            ends[step.name] = ready
        elif not run.status.ended and step.status in _OPEN | {StepStatus.PENDING}:
            begins = span.begins_s if span is not None else max(ready, so_far_s)
            ends[step.name] = max(so_far_s, begins + expected.get(step.name, 0.0))
        lengths[step.name] = ends.get(step.name, 0.0) - (span.begins_s if span is not None else ready)
    deciding = _deciding(run, ends)
    longest = max(deciding, key=lengths.__getitem__, default=None)
    return RunTimes(so_far_s, spans, deciding, longest if longest and lengths[longest] > 0 else None)


def _span(step: StepInfo, origin: datetime, ready: float, *, taken_over: bool) -> Span | None:
    """Where a step stands; None where it has not begun, or was taken over from another run."""
    is_open = step.status in _OPEN
    if not step.attempts:
        return Span(ready, None) if is_open else None
    at = [(each.started_at - origin).total_seconds() for each in step.attempts]
    ends = max(begun + _seconds(each) for begun, each in zip(at, step.attempts, strict=True))
    if taken_over and ends <= 0.0 and not is_open:
        return None
    # no step begins before those end that it depends on, whatever the clocks of two machines say
    late = max(0.0, ready - min(at))
    at, ends = [each + late for each in at], ends + late
    # a wait goes on when its process does not; it began when its inputs were there
    begins = ready if step.kind in _WAITS else min(at)
    return Span(begins, None if is_open else ends, tuple(at))


def _seconds(attempt: AttemptInfo) -> float:
    if attempt.seconds is not None:
        return attempt.seconds
    return 0.0 if attempt.ended_at is None else (attempt.ended_at - attempt.started_at).total_seconds()


def _deciding(run: RunDetail, ends: Mapping[str, float]) -> tuple[str, ...]:
    """Back from the step that ends last, always to the last of those it waited for."""
    parents = {step.name: step.parents for step in run.steps}
    path: list[str] = []
    # of several that end at once, the one furthest down: nothing of the way is left out
    at = max(reversed(list(ends)), key=ends.__getitem__, default=None)
    while at is not None:
        path.append(at)
        known = [each for each in parents[at] if each in ends]
        at = max(known, key=ends.__getitem__, default=None)
    return tuple(reversed(path))
